import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rank, type Rank } from '../../../src/sending/pace/precedence.ts';
import { nextShare, type ShareRow } from '../../../src/sending/pace/rate-share.repository.ts';
import { Rates, type ShareSource } from '../../../src/sending/pace/rate.ts';
import { seeded } from '../../support/seed.ts';
import { ShiftedClock } from '../../support/law-clock.ts';

const [RATE, LEASE_MS, COOLING_MS] = [40, 3_000, 1_000];
const SCOPE = { scope: 'account:a', ratePerSecond: RATE };
/** Longest time from the moment a token is due to its first byte. */
const LATEST_MS = 20;
const TIMERS = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const;

interface Kept extends Omit<ShareRow, 'alive' | 'resting'> {
  alive: boolean;
  resting: boolean;
  leaseUntil: number;
  readonly coolingUntil: number;
}

/** The table of shares in memory, under the rule of the real one. */
class Shares {
  readonly #rows = new Map<string, Kept>();
  /** The renewals that were asked for. */
  readonly asked: { readonly workerId: string; readonly at: number; readonly wanted: number }[] = [];

  /** The table as a worker with such a round-trip time reaches it. */
  of(workerId: string, tripMs = 0): ShareSource {
    const onItsWay = (): Promise<unknown> => (tripMs === 0 ? Promise.resolve() : pause(tripMs / 2));
    return {
      renew: async (asked) => {
        await onItsWay();
        const now = performance.now();
        this.asked.push({ workerId, at: now, wanted: asked.wanted });
        for (const [id, row] of this.#rows) {
          row.alive = row.leaseUntil > now;
          row.resting = row.coolingUntil > now;
          if (row.leaseUntil + COOLING_MS < now) this.#rows.delete(id);
        }
        const next = nextShare([...this.#rows.values()], { ...asked, workerId });
        const before = this.#rows.get(workerId);
        const rests = before !== undefined && before.coolingUntil > now;
        this.#rows.set(workerId, {
          worker_id: workerId,
          granted: next.granted,
          target: next.target,
          wanted: asked.wanted,
          wanted_first: asked.wantedFirst,
          wanted_notices: asked.wantedNotices,
          alive: true,
          resting: false,
          cooling: next.cooling + (rests ? before.cooling : 0),
          leaseUntil: now + LEASE_MS,
          coolingUntil: next.cooling > 0 ? now + COOLING_MS : (before?.coolingUntil ?? 0),
        });
        await onItsWay();
        return Math.min(next.granted, next.target);
      },
      giveBack: async () => {
        await onItsWay();
        const row = this.#rows.get(workerId);
        if (row !== undefined) row.leaseUntil = Math.min(row.leaseUntil, performance.now());
        await onItsWay();
      },
    };
  }
}

const pause = (ms: number): Promise<void> => new Promise((over) => void setTimeout(over, ms));

const random = seeded(7);
let shares: Shares;
let rates: readonly [Rates, Rates];
/** First bytes of each worker. */
let left: [number[], number[]];

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...TIMERS] });
  shares = new Shares();
  const aWorker = (name: string): Rates => new Rates(shares.of(name), new ShiftedClock(), LEASE_MS);
  rates = [aWorker('one'), aWorker('other')];
  left = [[], []];
});
afterEach(() => void vi.useRealTimers());

/** Sends as fast as it may, until it is stopped. */
async function sends(worker: 0 | 1, whose: Rank, signal: AbortSignal): Promise<void> {
  while (!signal.aborted)
    for (const token of await rates[worker].take([SCOPE], 5, { rank: whose, signal })) {
      const wait = Math.max(0, token.due - performance.now()) + random() * LATEST_MS;
      setTimeout(() => {
        token.wrote(performance.now());
        left[worker].push(performance.now());
      }, Math.ceil(wait));
    }
}

const busiest = (at: readonly number[]): number =>
  Math.max(...at.map((from) => at.filter((other) => other >= from && other < from + 1_000).length));

describe('a rate that one worker has whole', () => {
  it('passes to reminders within three seconds', async () => {
    const over = new AbortController();
    const advertising = sends(0, rank.advertising, over.signal);
    await vi.advanceTimersByTimeAsync(5_000);
    const begun = performance.now();
    const own = sends(1, rank.own, over.signal);
    await vi.advanceTimersByTimeAsync(8_000);
    over.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all([advertising, own]);
    const fourth = left[1].filter((at) => at >= begun + 3_000 && at < begun + 4_000);
    expect(fourth.length).toBeGreaterThan(RATE * 0.8);
    expect(left[0].length).toBeGreaterThan(RATE * 4);
    expect(busiest(left.flat())).toBeLessThanOrEqual(RATE);
    for (const one of rates) await one.close();
  });
});

describe('a rate that one worker had whole and no longer uses', () => {
  it('changes hands in a second and a half', async () => {
    const [over, end] = [new AbortController(), new AbortController()];
    const first = sends(0, rank.own, over.signal);
    await vi.advanceTimersByTimeAsync(5_000);
    over.abort();
    await vi.advanceTimersByTimeAsync(300);
    await first;
    const begun = performance.now();
    const other = sends(1, rank.own, end.signal);
    await vi.advanceTimersByTimeAsync(4_000);
    end.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    await other;
    const next = left[1].filter((at) => at >= begun + 1_500 && at < begun + 2_500);
    expect(next.length).toBeGreaterThan(RATE * 0.8);
    expect(busiest(left.flat())).toBeLessThanOrEqual(RATE);
    for (const one of rates) await one.close();
  });
});

/** Delay until another worker has the work that was handed over. */
const HANDED_OVER_MS = 1_500;

describe('a rate whose slow worker left its work', () => {
  it('is whole again two seconds after', async () => {
    const slow = new Rates(shares.of('one', 1_200), new ShiftedClock(), LEASE_MS);
    const [over, end] = [new AbortController(), new AbortController()];
    rates = [slow, rates[1]];
    const first = sends(0, rank.own, over.signal);
    await vi.advanceTimersByTimeAsync(8_000);
    over.abort();
    slow.handBack();
    await vi.advanceTimersByTimeAsync(HANDED_OVER_MS);
    const begun = performance.now();
    const other = sends(1, rank.own, end.signal);
    await vi.advanceTimersByTimeAsync(5_000);
    end.abort();
    await vi.advanceTimersByTimeAsync(3_000);
    await Promise.all([first, other]);
    const third = left[1].filter((at) => at >= begun + 2_000 && at < begun + 3_000);
    expect(third.length).toBeGreaterThan(RATE * 0.8);
    expect(left[0].length).toBeGreaterThan(RATE * 3);
    expect(busiest(left.flat())).toBeLessThanOrEqual(RATE);
    const closed = Promise.all(rates.map((one) => one.close()));
    await vi.advanceTimersByTimeAsync(3_000);
    await closed;
  });

  it('stays with whoever still waits for it', async () => {
    const [over, end] = [new AbortController(), new AbortController()];
    const advertising = sends(0, rank.advertising, over.signal);
    const reminders = sends(0, rank.own, end.signal);
    await vi.advanceTimersByTimeAsync(5_000);
    over.abort();
    rates[0].handBack();
    const begun = performance.now();
    await vi.advanceTimersByTimeAsync(4_000);
    end.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all([advertising, reminders]);
    const after = left[0].filter((at) => at >= begun && at < begun + 4_000);
    expect(after.length).toBeGreaterThan(RATE * 3);
    for (const one of rates) await one.close();
  });
});

describe('a rate that nobody had', () => {
  it('is shared at once by two new workers', async () => {
    const over = new AbortController();
    const both = [sends(0, rank.own, over.signal)];
    await vi.advanceTimersByTimeAsync(200);
    both.push(sends(1, rank.own, over.signal));
    const begun = performance.now();
    await vi.advanceTimersByTimeAsync(2_000);
    over.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(both);
    const second = left[1].filter((at) => at < begun + 1_000);
    expect(second.length).toBeGreaterThan(RATE / 8);
    expect(busiest(left.flat())).toBeLessThanOrEqual(RATE);
    for (const one of rates) await one.close();
  });
});

describe('a worker that waits for nothing', () => {
  it('renews each second, asking twice its pace', async () => {
    const over = new AbortController();
    const advertising = sends(0, rank.advertising, over.signal);
    const calm = rates[1];
    const some = setInterval(
      () =>
        void calm
          .take([SCOPE], 1, { rank: rank.advertising, signal: over.signal })
          .then((tokens) => tokens.forEach((token) => token.wrote(performance.now()))),
      500,
    );
    await vi.advanceTimersByTimeAsync(10_000);
    const from = performance.now();
    await vi.advanceTimersByTimeAsync(10_000);
    clearInterval(some);
    over.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    await advertising;
    const asked = shares.asked.filter(
      ({ workerId, at }) => workerId === 'other' && at >= from && at < from + 10_000,
    );
    expect(asked.length).toBeGreaterThanOrEqual(9);
    expect(asked.length).toBeLessThanOrEqual(11);
    expect(Math.max(...asked.map(({ wanted }) => wanted))).toBeLessThanOrEqual(4);
    for (const one of rates) await one.close();
  });
});
