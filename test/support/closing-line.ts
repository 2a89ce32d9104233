import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { chosenBrowser } from '../pages/chromium.ts';

/** What a run counted. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of the skipped, those that found no browser. */
  readonly browserless: number;
}

/** The plain line that ends a run: `N passed, N failed`, and what was skipped. */
export function closingLine({ passed, failed, skipped, browserless }: Count): string {
  const done = `${passed} passed, ${failed} failed`;
  if (skipped === 0) return done;
  if (browserless === 0) return `${done}, ${skipped} skipped`;
  const some = browserless === skipped ? '' : ` for ${browserless} of them`;
  return `${done}, ${skipped} skipped: no browser${some}`;
}

function skippedIn(file: TestModule): number {
  return [...file.children.allTests()].filter((one) => one.result().state === 'skipped').length;
}

function withoutBrowser(modules: readonly TestModule[]): number {
  const skipped = modules
    .filter(({ moduleId }) => moduleId.endsWith('.browser.test.ts'))
    .map(skippedIn)
    .reduce((sum, count) => sum + count, 0);
  return skipped > 0 && chosenBrowser() === undefined ? skipped : 0;
}

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
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    const browserless = withoutBrowser(modules);
    for (const file of modules) {
      // A file that did not even load has no test to blame.
      if (file.errors().length > 0) count.failed += 1;
      for (const one of file.children.allTests()) count[one.result().state] += 1;
    }
    process.once('exit', (code) => {
      // A global setup that threw is a failure too.
      const failed = code !== 0 && count.failed === 0 ? 1 : count.failed;
      process.stdout.write(`\n${closingLine({ ...count, failed, browserless })}\n`);
    });
  }
}
