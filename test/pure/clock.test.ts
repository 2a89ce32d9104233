import { describe, expect, it } from 'vitest';
import { ProcessClock } from '../../src/clock.ts';

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
  it('is doubted until it was compared with the database', () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    expect(clock.doubt()).toContain('never compared');
    clock.adopt(reading(START));
    expect(clock.doubt()).toBeUndefined();
    expect(clock.now().toISO()).toBe('2026-11-24T09:00:00.000Z');
  });

  it.each([
    ['the host is 3 s late', -3_000],
    ['the host is 3 s early', 3_000],
  ])('closes the gate when %s, for a minute of agreement', (_, skew) => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START + skew));
    expect(clock.doubt()).toContain('differed');
    for (let second = 0; second < 59; second += 1) {
      pass(1_000);
      clock.adopt(reading(host.wallMs));
      expect(clock.doubt()).toBeDefined();
    }
    pass(1_500);
    clock.adopt(reading(host.wallMs));
    expect(clock.doubt()).toBeUndefined();
  });

  it('closes the gate when the wall clock jumps by three hours', () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START));
    host.wallMs += 3 * 3_600_000;
    expect(clock.doubt()).toContain('jumped');
  });

  it('opens again a minute after the host was set right and the database agrees', () => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START));
    host.wallMs += 5_000;
    clock.adopt(reading(host.wallMs));
    expect(clock.doubt()).toContain('last minute');
    pass(60_500);
    clock.adopt(reading(host.wallMs));
    expect(clock.doubt()).toBeUndefined();
  });

  it('closes the gate when the database is silent for more than ten seconds', () => {
    const { host, pass } = aHost();
    const clock = new ProcessClock({ movable: false, host });
    clock.adopt(reading(START));
    pass(10_001);
    expect(clock.doubt()).toContain('not compared');
  });

  it('closes the gate while the law clock is being moved', () => {
    const { host } = aHost();
    const clock = new ProcessClock({ movable: true, host });
    clock.adopt(reading(START, { moving: true }));
    expect(clock.doubt()).toContain('being moved');
  });

  it('moves by the offset of the database, in the sandbox alone', () => {
    const { host } = aHost();
    const moved = reading(START, { offsetMs: 86_400_000, revision: 2 });
    const sandbox = new ProcessClock({ movable: true, host });
    sandbox.adopt(moved);
    expect([sandbox.now().toISO(), sandbox.revision, sandbox.doubt()]).toEqual([
      '2026-11-25T09:00:00.000Z',
      2,
      undefined,
    ]);
    expect(sandbox.machine()).toBe(START);
    const real = new ProcessClock({ movable: false, host });
    real.adopt(moved);
    expect(real.doubt()).toContain('real gateway');
  });
});
