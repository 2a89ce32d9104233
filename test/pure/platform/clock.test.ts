import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../src/platform/clock.ts';

const START = Date.parse('2026-11-24T09:00:00Z');

function aHost() {
  const host = {
    wallMs: START,
    monotonicMs: 1_000,
    wall: () => host.wallMs,
    monotonic: () => host.monotonicMs,
  };
  const pass = (ms: number) => {
    host.wallMs += ms;
    host.monotonicMs += ms;
  };
  return { host, pass };
}

const reading = (databaseAt: number, more: object = {}) => ({
  offsetMs: 0,
  revision: 1,
  moving: false,
  databaseAt,
  ...more,
});

describe('I4, the clock of a process', () => {
  it('is doubted until compared with the database', () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    expect(clock.doubt()).toContain('never compared');
    clock.adopt(reading(START), host.monotonic());
    expect(clock.doubt()).toBeUndefined();
    expect(clock.now().toISO()).toBe('2026-11-24T09:00:00.000Z');
  });

  it.each([
    ['the host is 3 s late', -3_000],
    ['the host is 3 s early', 3_000],
  ])('closes the gate when %s, for a minute', (_, skew) => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START + skew), host.monotonic());
    expect(clock.doubt()).toContain('differed');
    for (let second = 0; second < 59; second += 1) {
      pass(1_000);
      clock.adopt(reading(host.wallMs), host.monotonic());
      expect(clock.doubt()).toBeDefined();
    }
    pass(1_500);
    clock.adopt(reading(host.wallMs), host.monotonic());
    expect(clock.doubt()).toBeUndefined();
  });

  it.each([
    ['late', 29 * 3_600_000],
    ['early', -29 * 3_600_000],
  ])('follows the database while 29 hours %s', (_, skew) => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: true, host });
    clock.adopt(reading(START + skew, { offsetMs: 5_000 }), host.monotonic());
    pass(700);
    expect([clock.now().toMillis(), clock.machine(), clock.offsetMs]).toEqual([
      START + skew + 5_700,
      START + 700,
      5_000,
    ]);
    clock.adopt(reading(host.wallMs), host.monotonic());
    expect([clock.now().toMillis(), clock.offsetMs]).toEqual([START + 700, 0]);
  });

  it('keeps the database’s time within a transaction', async () => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: true, host });
    clock.adopt(reading(START), host.monotonic());
    const read = reading(START + 60_000, { offsetMs: 7_000 });
    await clock.databaseTime.within(read, async () => {
      host.wallMs += 86_400_000;
      await Promise.resolve();
      pass(300);
      expect([clock.now().toMillis(), clock.offsetMs]).toEqual([START + 67_300, 7_000]);
    });
    expect(clock.now().toMillis()).toBe(START + 86_400_300);
  });

  it('gives its own time after a transaction', async () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: true, host });
    clock.adopt(reading(START), host.monotonic());
    const ended = Promise.withResolvers<void>();
    let left = Promise.resolve(0);
    await clock.databaseTime.within(reading(START + 60_000), async () => {
      left = ended.promise.then(() => clock.now().toMillis());
      return Promise.resolve();
    });
    ended.resolve();
    expect(await left).toBe(START);
  });

  it('closes the gate after a three-hour jump', () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START), host.monotonic());
    host.wallMs += 3 * 3_600_000;
    expect(clock.doubt()).toContain('jumped');
  });

  it('reopens a minute after agreeing again', () => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START), host.monotonic());
    host.wallMs += 5_000;
    clock.adopt(reading(host.wallMs), host.monotonic());
    expect(clock.doubt()).toContain('last minute');
    pass(60_500);
    clock.adopt(reading(host.wallMs), host.monotonic());
    expect(clock.doubt()).toBeUndefined();
  });

  it('closes the gate after ten silent seconds', () => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START), host.monotonic());
    pass(10_001);
    expect(clock.doubt()).toContain('not compared');
  });

  it('closes the gate while it is moved', () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: true, host });
    clock.adopt(reading(START, { moving: true }), host.monotonic());
    expect(clock.doubt()).toContain('being moved');
  });

  it('moves by the database’s offset in the sandbox', () => {
    const { host } = aHost();
    const moved = reading(START, { offsetMs: 86_400_000, revision: 2 });
    const sandbox = new ProcessClock({ movable: true, host });
    sandbox.adopt(moved, host.monotonic());
    expect([sandbox.now().toISO(), sandbox.revision, sandbox.doubt()]).toEqual([
      '2026-11-25T09:00:00.000Z',
      2,
      undefined,
    ]);
    expect(sandbox.machine()).toBe(START);
    const real = new ProcessClock({ movable: false, host });
    real.adopt(moved, host.monotonic());
    expect(real.doubt()).toContain('real gateway');
  });

  it.each([
    ['2.6 s late by a stopped process', 0, 2_600],
    ['after a minute', 0, 60_000],
    ['after 1 s by a late host', 1_900, 1_000],
  ])('ignores an answer read %s', async (_, skew, tookMs) => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(host.wallMs), host.monotonic());
    const late = async () => {
      const answer = reading(host.wallMs + skew);
      pass(tookMs);
      return answer;
    };
    await clock.follow(late);
    pass(100);
    clock.adopt(reading(host.wallMs + skew), host.monotonic());
    expect(clock.doubt()).toBeUndefined();
  });

  it('stays closed while answers come too slowly', async () => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    const slow = async () => {
      const answer = reading(host.wallMs);
      pass(4_000);
      return answer;
    };
    await clock.follow(slow);
    expect(clock.doubt()).toContain('never compared');
    clock.adopt(reading(host.wallMs), host.monotonic());
    expect(clock.doubt()).toBeUndefined();
    for (let times = 0; times < 3; times += 1) await clock.follow(slow);
    expect(clock.doubt()).toContain('not compared');
  });

  it('never trusts a host two seconds apart', async () => {
    const answer = fc.record({
      skewMs: fc.integer({ min: -6_000, max: 6_000 }),
      beforeMs: fc.integer({ min: 0, max: 6_000 }),
      afterMs: fc.integer({ min: 0, max: 6_000 }),
    });
    await fc.assert(
      fc.asyncProperty(answer, async ({ skewMs, beforeMs, afterMs }) => {
        const { host, pass } = aHost();
        const clock = new ProcessClock({ movable: false, host });
        await clock.follow(async () => {
          pass(beforeMs);
          const given = reading(host.wallMs + skewMs);
          pass(afterMs);
          return given;
        });
        const doubt = clock.doubt() ?? 'none';
        const apart = Math.abs(skewMs) > 2_000;
        const plain = beforeMs + afterMs + Math.abs(skewMs) <= 2_000;
        expect([
          apart && doubt === 'none',
          !apart && doubt.includes('differed'),
          plain && doubt !== 'none',
        ]).toEqual([false, false, false]);
      }),
      { numRuns: 2_000 },
    );
  });
});
