import { describe, expect, it } from 'vitest';
import { closingLine } from '../support/closing-line.ts';

const clean = { passed: 6048, failed: 0, skipped: 0, browserless: 0 };

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
  ])('%s', (_, count, line) => {
    expect(closingLine(count)).toBe(line);
  });
});
