import { describe, expect, it, vi } from 'vitest';
import type { GateCause } from '../../../../src/platform/index.ts';
import { atGate, DOUBT_MS } from '../../../../src/sending/batch/next-plan.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';

const NEVER = new AbortController().signal;

/** A clock whose gate is shut by a cause, until the test opens it. */
class GatedClock extends ShiftedClock {
  cause: GateCause | undefined;

  constructor(cause: GateCause | undefined) {
    super();
    this.cause = cause;
  }

  override doubt(): string | undefined {
    return this.cause;
  }

  closedBy = (): GateCause | undefined => this.cause;
}

/** Returns how long a caller waits at the gate, by the test's clock. */
async function waits(clock: GatedClock, signal = NEVER, during?: [afterMs: number, act: () => void]) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const began = performance.now();
    const waiting = atGate(clock, signal).then(() => performance.now() - began);
    if (during !== undefined) setTimeout(during[1], during[0]);
    await vi.advanceTimersByTimeAsync(60_000);
    return await waiting;
  } finally {
    vi.useRealTimers();
  }
}

describe('work that meets a closed gate', () => {
  it.each([undefined, 'CLOCK_DOUBT', 'SEAL_DOUBT'] as const)(
    'goes on at once when closed by %s',
    async (cause) => {
      expect(await waits(new GatedClock(cause))).toBe(0);
    },
  );

  it('waits two seconds at most for journals', async () => {
    const waited = await waits(new GatedClock('JOURNAL_WAITS'));
    expect(waited).toBeGreaterThanOrEqual(DOUBT_MS);
    expect(waited).toBeLessThan(DOUBT_MS + 100);
  });

  it('goes on as soon as it opens', async () => {
    const clock = new GatedClock('JOURNAL_WAITS');
    const opens = (): void => {
      clock.cause = undefined;
    };
    const waited = await waits(clock, NEVER, [700, opens]);
    expect(waited).toBeGreaterThanOrEqual(700);
    expect(waited).toBeLessThan(800);
  });

  it('waits no longer once its worker stops', async () => {
    const stopping = new AbortController();
    const waited = await waits(new GatedClock('JOURNAL_WAITS'), stopping.signal, [
      300,
      () => stopping.abort(),
    ]);
    expect(waited).toBeLessThan(400);
  });
});
