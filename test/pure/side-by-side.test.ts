import { describe, expect, it } from 'vitest';
import { SideBySide } from '../../src/side-by-side.ts';

describe('work that is done side by side', () => {
  it('begins in its order, so much at a time, and goes on after one that fails', async () => {
    const places = new SideBySide(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((one) =>
      places.run(async () => {
        begun.push(one);
        await new Promise<void>((end) => ends.push(end));
        if (one === 0) throw new Error('it failed');
        return one;
      }),
    );
    const ended = Promise.allSettled(all);
    expect([begun, places.waiting]).toEqual([[0, 1], 2]);
    ends[0]?.();
    await expect(all[0]).rejects.toThrow('it failed');
    await expect.poll(() => begun).toEqual([0, 1, 2]);
    ends[1]?.();
    await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
    ends[2]?.();
    ends[3]?.();
    expect((await ended).map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(places.waiting).toBe(0);
  });
});
