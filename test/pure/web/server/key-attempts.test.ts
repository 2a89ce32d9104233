import { describe, expect, it } from 'vitest';
import { KeyAttempts } from '../../../../src/web/server/bounds.ts';
import { budgets } from '../../../../src/web/server/budgets.ts';

const MINUTE = 60_000;
let now = 0;
const clock = { monotonic: () => now };

describe('keys that are none', () => {
  const none = (): Promise<undefined> => Promise.resolve(undefined);
  const outcomes = (tries: readonly Promise<unknown>[]): Promise<string[]> =>
    Promise.all(
      tries.map((each) =>
        each.then(
          (found) => (found === undefined ? 'none' : 'found'),
          () => 'refused',
        ),
      ),
    );

  it('are 20 in ten minutes per address', async () => {
    now = 0;
    const attempts = new KeyAttempts(clock);
    const good = (): Promise<string> => Promise.resolve('caller');
    for (let n = 0; n < 19; n += 1) await attempts.check('here', none);
    expect(await outcomes([attempts.check('here', good)])).toEqual(['found']);
    await attempts.check('here', none);
    const began = performance.now();
    const tries = Array.from({ length: 65 }, () => attempts.check('here', none));
    expect(await outcomes([attempts.check('elsewhere', none)])).toEqual(['none']);
    const seen = await outcomes(tries);
    // It is never less, however slow the machine is.
    // Those who waited a second are looked up 16 ms apart, 64 of them.
    expect(performance.now() - began).toBeGreaterThan(1_950);
    expect(seen.filter((each) => each === 'refused')).toHaveLength(1);
    now = 10 * MINUTE;
    // More than may wait: nobody has to.
    const later = Array.from({ length: 65 }, () => attempts.check('here', good));
    expect(new Set(await outcomes(later))).toEqual(new Set(['found']));
  });

  it('count before others that come together', async () => {
    now = 0;
    const attempts = new KeyAttempts(clock);
    let [looked, atOnce, most] = [0, 0, 0];
    const look = async (): Promise<undefined> => {
      looked += 1;
      most = Math.max(most, (atOnce += 1));
      await new Promise(setImmediate);
      atOnce -= 1;
    };
    const tries = Array.from({ length: 200 }, () => attempts.check('here', look));
    const seen = await outcomes(tries);
    // Those under way when the twentieth is known, and those that waited.
    expect(looked).toBeLessThanOrEqual(20 + 3 + 64);
    expect(most).toBe(4);
    expect(seen.filter((each) => each === 'refused').length).toBeGreaterThanOrEqual(200 - 87);
  });

  it('are refused one after the other', async () => {
    now = 0;
    const attempts = new KeyAttempts(clock);
    const endedAt: number[] = [];
    const tries = Array.from({ length: 200 }, () =>
      attempts.check('here', none).catch(() => endedAt.push(performance.now())),
    );
    await Promise.all(tries);
    const [first = 0, last = 0] = [endedAt.at(0), endedAt.at(-1)];
    // It is never less, however slow the machine is.
    expect(last - first).toBeGreaterThan((endedAt.length - 2) * budgets.strangersApartMs);
    expect(endedAt.length).toBeGreaterThan(100);
  });

  it('fail together when the database is away', async () => {
    now = 0;
    const attempts = new KeyAttempts(clock);
    const away = (): Promise<never> =>
      new Promise((_, fail) => {
        setImmediate(() => fail(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })));
      });
    let looked = 0;
    const look = (): Promise<never> => {
      looked += 1;
      return away();
    };
    const seen = await outcomes(Array.from({ length: 200 }, () => attempts.check('here', look)));
    expect([new Set(seen), looked]).toEqual([new Set(['refused']), 4]);
  });

  it('hinder no good ones that come together', async () => {
    now = 0;
    const attempts = new KeyAttempts(clock);
    const good = Array.from({ length: 300 }, () => attempts.check('here', () => Promise.resolve('caller')));
    expect(new Set(await outcomes(good))).toEqual(new Set(['found']));
    const broken = attempts.check('here', () => Promise.reject(new Error('away')));
    await expect(broken).rejects.toThrow('away');
    expect(await outcomes([attempts.check('here', () => Promise.resolve('caller'))])).toEqual(['found']);
  });
});
