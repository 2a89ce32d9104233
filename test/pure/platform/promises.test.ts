import { describe, expect, it } from 'vitest';
import { evenlyAfter, inTime, mapInSlices } from '../../../src/base/promises.ts';

const never = new Promise<string>(() => undefined);

describe('somebody who waits no longer than so many milliseconds', () => {
  it('receives what comes before', async () => {
    expect(await inTime(Promise.resolve('there'), 60_000, 'late')).toBe('there');
  });

  it('goes on without what comes later', async () => {
    expect(await inTime(never, 5, 'late')).toBe('late');
  });

  it('receives a fault', async () => {
    await expect(inTime(Promise.reject(new Error('broken')), 60_000, 'late')).rejects.toThrow('broken');
  });
});

/** A row that takes a millisecond of processor. */
function laborious(row: number): number {
  for (const until = performance.now() + 1; performance.now() < until;);
  return -row;
}

/** Turns of the event loop until a promise is settled. */
async function turnsUntil(work: Promise<unknown>): Promise<number> {
  let [turns, isOver] = [0, false];
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work.finally(() => (isOver = true)).catch(() => undefined);
  return turns;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('many rows mapped in slices', () => {
  it.each([0, 1, 100, 101, 300])('keep their order, all %i of them', async (count) => {
    const mapped = await mapInSlices(numbers(count), (row) => -row);
    expect(mapped).toEqual(numbers(count).map((row) => -row));
  });

  it('let others have turns between', async () => {
    expect(await turnsUntil(mapInSlices(numbers(200), laborious))).toBeGreaterThan(20);
  });

  it('take one slice a turn, however many map', async () => {
    const pages = Array.from({ length: 4 }, () => mapInSlices(numbers(120), laborious));
    expect(await turnsUntil(Promise.all(pages))).toBeGreaterThan(60);
  });

  it('hold nobody up where one of them fails', async () => {
    const broken = mapInSlices(numbers(200), (row) => {
      if (row === 150) throw new Error('unreadable');
      return row;
    });
    const whole = mapInSlices(numbers(200), (row) => row);
    await expect(broken).rejects.toThrow('unreadable');
    expect(await whole).toEqual(numbers(200));
  });
});

describe('answers that are due together', () => {
  it.each([
    ['given', () => Promise.resolve()],
    ['refused', () => Promise.reject(new Error('away'))],
  ])('take a turn each: %s', async (_, answer) => {
    let turn = 0;
    const given: number[] = [];
    const note = (): void => void given.push(turn);
    const all = Array.from({ length: 50 }, () => evenlyAfter(20, answer()).then(note, note));
    const count = (): void => {
      turn += 1;
      if (given.length < all.length) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(all);
    expect(new Set(given).size).toBe(50);
  });

  it('come no sooner than they may', async () => {
    const began = performance.now();
    expect(await evenlyAfter(50, Promise.resolve('stopped'))).toBe('stopped');
    expect(performance.now() - began).toBeGreaterThan(49);
  });
});
