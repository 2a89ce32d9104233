import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/platform/errors.ts';
import { LiveReadings } from '../../../../src/web/api/messages/live.ts';
import { LiveStreams } from '../../../../src/web/server/budgets.ts';

describe('streams of one api', () => {
  it('are limited to what it can answer', () => {
    const streams = new LiveStreams();
    const taken: (() => void)[] = [];
    expect(() => {
      for (let key = 0; key < 10_000; key += 1) taken.push(streams.take(`key-${key}`));
    }).toThrow(Refusal);
    expect([taken.length, streams.open]).toEqual([96, 96]);
    for (const giveBack of taken) giveBack();
    expect(streams.open).toBe(0);
    expect(streams.take('key-1')).toBeTypeOf('function');
  });

  it('all hear that it stops', () => {
    const streams = new LiveStreams();
    const { stopping } = streams;
    expect(stopping.aborted).toBe(false);
    streams.end();
    expect(stopping.aborted).toBe(true);
  });
});

describe('a hundred people who watch one campaign', () => {
  it('read it once a second', async () => {
    let now = 0;
    let reads = 0;
    const readings = new LiveReadings<number>({ monotonic: () => now }, 900);
    const read = (): Promise<number> => {
      reads += 1;
      return Promise.resolve(reads);
    };
    const first = await Promise.all(Array.from({ length: 100 }, () => readings.of('campaign 1', read)));
    expect([new Set(first), reads]).toEqual([new Set([1]), 1]);
    expect(await readings.of('campaign 2', read)).toBe(2);
    now = 1_000;
    expect(await readings.of('campaign 1', read)).toBe(3);
  });

  it('share one reading begun after they asked', async () => {
    const readings = new LiveReadings<number>({ monotonic: () => 0 }, 900);
    const under = Promise.withResolvers<number>();
    let reads = 1;
    const read = (): Promise<number> => {
      reads += 1;
      return Promise.resolve(reads);
    };
    const early = readings.of('campaign 1', () => under.promise);
    const late = Array.from({ length: 100 }, () => readings.fromNow('campaign 1', read));
    under.resolve(1);
    expect(await early).toBe(1);
    expect([new Set(await Promise.all(late)), reads]).toEqual([new Set([2]), 2]);
    expect(await readings.of('campaign 1', read)).toBe(2);
  });

  it('read again after a failed reading', async () => {
    const readings = new LiveReadings<number>({ monotonic: () => 0 }, 900);
    const failed = readings.of('campaign 1', () => Promise.reject(new Error('gone')));
    await expect(failed).rejects.toThrow('gone');
    expect(await readings.fromNow('campaign 1', () => Promise.resolve(7))).toBe(7);
  });
});
