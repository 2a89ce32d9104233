import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import { chosenBrowser } from '../web/browser/chromium.ts';

/** What a run counted. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of the skipped, those that found no browser. */
  readonly browserless: number;
  /** Of the skipped, those that are left to the night. */
  readonly nightly: number;
}

/** The plain line that ends a run: `N passed, N failed`, and what was skipped. */
export function closingLine({ passed, failed, skipped, browserless, nightly }: Count): string {
  const done = `${passed} passed, ${failed} failed`;
  if (skipped === 0) return done;
  const some = (count: number): string => (count === skipped ? '' : ` for ${count} of them`);
  const why = [
    ...(nightly === 0 ? [] : [`left to the night${some(nightly)}`]),
    ...(browserless === 0 ? [] : [`no browser${some(browserless)}`]),
  ];
  return `${done}, ${skipped} skipped${why.length === 0 ? '' : `: ${why.join(', ')}`}`;
}

/** Whether a run of everything leaves more to the night than a tenth of its cases. */
export const leavesTooMuch = ({ passed, failed, skipped, nightly }: Count): boolean =>
  nightly * 10 > passed + failed + skipped;

const isNightly = (one: TestCase): boolean =>
  one.result().state === 'skipped' && one.options.tags?.includes('night') === true;

function skippedIn(file: TestModule): number {
  return [...file.children.allTests()].filter((one) => one.result().state === 'skipped' && !isNightly(one))
    .length;
}

function withoutBrowser(modules: readonly TestModule[]): number {
  const skipped = modules
    .filter(({ moduleId }) => moduleId.endsWith('.browser.test.ts'))
    .map(skippedIn)
    .reduce((sum, count) => sum + count, 0);
  return skipped > 0 && chosenBrowser() === undefined ? skipped : 0;
}

/** A run of more files than that is one of everything, or nearly. */
const EVERYTHING = 250;

/** Ends every run with the plain line, whatever happened. */
export default class ClosingLine implements Reporter {
  private told = false;

  onInit(): void {
    process.once('exit', (code) => {
      if (!this.told) process.stdout.write(`\n0 passed, ${code === 0 ? 0 : 1} failed\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.told = true;
    const counts = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    const cases = modules.flatMap((file) => [...file.children.allTests()]);
    for (const one of cases) counts[one.result().state] += 1;
    // A file that did not even load has no test to blame.
    counts.failed += modules.filter((file) => file.errors().length > 0).length;
    const count = {
      ...counts,
      browserless: withoutBrowser(modules),
      nightly: cases.filter(isNightly).length,
    };
    if (modules.length > EVERYTHING && leavesTooMuch(count)) {
      process.stdout.write('\nMore than a tenth of the cases is left to the night: see CONTRIBUTING.\n');
      process.exitCode = 1;
    }
    process.once('exit', (code) => {
      // A global setup that threw is a failure too.
      const failed = code !== 0 && count.failed === 0 ? 1 : count.failed;
      process.stdout.write(`\n${closingLine({ ...count, failed })}\n`);
    });
  }
}
