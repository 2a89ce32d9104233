import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Ends every run with the plain line `N passed, N failed`, whatever happened. */
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
    for (const file of modules) {
      // A file that did not even load has no test to blame.
      if (file.errors().length > 0) count.failed += 1;
      for (const one of file.children.allTests()) count[one.result().state] += 1;
    }
    process.once('exit', (code) => {
      // A global setup that threw is a failure too.
      const failed = code !== 0 && count.failed === 0 ? 1 : count.failed;
      const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
      process.stdout.write(`\n${count.passed} passed, ${failed} failed${skipped}\n`);
    });
  }
}
