import { describe, expect, it } from 'vitest';
import { outageOf, throughContention } from '../../../../src/platform/database/outage.ts';

const fault = (code: string): Error => Object.assign(new Error('of the server'), { code, severity: 'ERROR' });

/** A transaction that the server ends so many times, and what it came to. */
async function endedBy(code: string, times: number, mayRepeat?: () => boolean) {
  let runs = 0;
  const work = (): Promise<string> => {
    runs += 1;
    return runs > times ? Promise.resolve('done') : Promise.reject(fault(code));
  };
  const outcome = await throughContention(work, mayRepeat).catch(
    (error: unknown) => outageOf(error) ?? 'a fault of ours',
  );
  return { outcome, runs };
}

describe('a transaction that the server ends', () => {
  it.each([
    ['40P01', 1, 'done', 2],
    ['40P01', 2, 'done', 3],
    ['40P01', 3, 'DATABASE_UNAVAILABLE', 3],
    ['40001', 1, 'done', 2],
    ['25P03', 1, 'DATABASE_UNAVAILABLE', 1],
    ['25P04', 1, 'DATABASE_UNAVAILABLE', 1],
    ['57014', 1, 'DATABASE_UNAVAILABLE', 1],
    ['23505', 1, 'a fault of ours', 1],
    ['XX000', 1, 'a fault of ours', 1],
  ])('by %s, %i times, ends %s after %i', async (code, times, outcome, runs) => {
    expect(await endedBy(code, times)).toEqual({ outcome, runs });
  });

  it('is not repeated after outside effects', async () => {
    expect(await endedBy('40P01', 1, () => false)).toEqual({ outcome: 'DATABASE_UNAVAILABLE', runs: 1 });
  });
});
