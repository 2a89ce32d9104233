import { describe, expect, it } from 'vitest';
import { closingLine, leavesTooMuch } from '../support/closing-line.ts';

const clean = { passed: 6048, failed: 0, skipped: 0, browserless: 0, nightly: 0 };

describe('the last line of a run', () => {
  it.each([
    ['counts what passed', clean, '6048 passed, 0 failed'],
    ['counts what failed', { ...clean, failed: 2 }, '6048 passed, 2 failed'],
    ['counts what was skipped', { ...clean, skipped: 7 }, '6048 passed, 0 failed, 7 skipped'],
    [
      'says that there was no browser',
      { ...clean, skipped: 38, browserless: 38 },
      '6048 passed, 0 failed, 38 skipped: no browser',
    ],
    [
      'says how many wanted a browser',
      { ...clean, skipped: 45, browserless: 38 },
      '6048 passed, 0 failed, 45 skipped: no browser for 38 of them',
    ],
    [
      'says what is left to the night',
      { ...clean, skipped: 300, nightly: 300 },
      '6048 passed, 0 failed, 300 skipped: left to the night',
    ],
    [
      'says each reason with its count',
      { ...clean, skipped: 345, nightly: 300, browserless: 38 },
      '6048 passed, 0 failed, 345 skipped: left to the night for 300 of them, no browser for 38 of them',
    ],
  ])('%s', (_, count, line) => {
    expect(closingLine(count)).toBe(line);
  });
});

describe('a run of everything', () => {
  it.each([
    [900, 100, false],
    [899, 100, true],
    [0, 0, false],
  ])('%d run, %d skipped: too much is %s', (passed, nightly, tooMuch) => {
    expect(leavesTooMuch({ ...clean, passed, skipped: nightly, nightly })).toBe(tooMuch);
  });
});
