import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SECONDS, sideBySide, WAITING } from '../support/long-files-first.ts';

const root = new URL('../../', import.meta.url);
const lane = (...seconds: number[]): { seconds: number }[] => seconds.map((each) => ({ seconds: each }));
const secondsOf = (files: readonly { seconds: number }[]): number[] => files.map(({ seconds }) => seconds);

describe('the order of test files', () => {
  it('knows no file that is gone', () => {
    const named = [...Object.keys(SECONDS), ...WAITING];
    expect(named.filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
  });

  it.each([
    [
      'one that waits at a time, beside others',
      2,
      lane(60, 50),
      lane(40, 30, 20, 9),
      [60, 40, 30, 50, 20, 9],
    ],
    ['one of them, with three at once', 3, lane(30, 20), lane(40, 30, 20, 9), [30, 40, 30, 20, 20, 9]],
    ['two of them, with four at once', 4, lane(60, 50, 41), lane(80, 50, 20), [60, 50, 80, 50, 41, 20]],
    ['what waits alone, once all others are through', 2, lane(60, 50, 41), lane(5), [60, 5, 50, 41]],
    ['what computes alone, when nothing waits', 2, lane(), lane(3, 2), [3, 2]],
    ['whatever comes, one after the other', 1, lane(60), lane(3), [60, 3]],
  ])('begins %s', (...[, workers, waiting, computing, order]) => {
    expect(secondsOf(sideBySide(waiting, computing, workers))).toEqual(order);
  });
});
