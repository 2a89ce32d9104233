import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextShare, type ShareRow } from '../../../../src/sending/pace/rate-share.repository.ts';

const LEASE_MS = 3_000;
const COOLING_MS = 1_000;
const WORKERS = ['a', 'b', 'c', 'd'];

interface Kept {
  granted: number;
  target: number;
  wanted: number;
  wantedFirst: number;
  wantedNotices: number;
  leaseUntil: number;
  cooling: number;
  coolingUntil: number;
}

interface Wish {
  readonly wanted: number;
  readonly wantedFirst?: number;
  readonly wantedNotices?: number;
}

/** The table of shares and its workers, in simulated time. */
class Table {
  readonly rows = new Map<string, Kept>();
  /** The limit of each worker, and until when it holds. */
  readonly obeyed = new Map<string, { limit: number; until: number; busy: boolean }>();
  /** The limits under which each worker may have written within the last second. */
  readonly used: { limit: number; from: number; until: number; worker: string }[] = [];
  now = 0;
  readonly rate: number;

  constructor(rate: number) {
    this.rate = rate;
  }

  limitOf(worker: string): number {
    const held = this.obeyed.get(worker);
    return held === undefined || held.until <= this.now ? 0 : held.limit;
  }

  /** Returns what a worker wrote within the last second: nothing while it was idle. */
  spentBy(worker: string): number {
    const past = this.used.filter((one) => one.worker === worker && one.until > this.now - 1_000);
    const held = this.obeyed.get(worker);
    const now = held?.busy === true && held.until > this.now - 1_000 ? held.limit : 0;
    return Math.max(now, 0, ...past.map(({ limit }) => limit));
  }

  renew(worker: string, told: Wish & { readonly idle?: boolean }, lost: boolean): void {
    const { idle = false, ...asked } = told;
    const wish = { wantedFirst: 0, wantedNotices: 0, ...asked };
    for (const [id, row] of this.rows) if (row.leaseUntil + COOLING_MS < this.now) this.rows.delete(id);
    const rows: ShareRow[] = [...this.rows].map(([id, row]) => ({
      worker_id: id,
      granted: row.granted,
      target: row.target,
      wanted: row.wanted,
      wanted_first: row.wantedFirst,
      wanted_notices: row.wantedNotices,
      cooling: row.cooling,
      alive: row.leaseUntil > this.now,
      resting: row.coolingUntil > this.now,
    }));
    const obeying = this.obeyed.get(worker)?.limit ?? 0;
    const spent = this.spentBy(worker);
    const next = nextShare(rows, { scope: 's', workerId: worker, rate: this.rate, obeying, spent, ...wish });
    const was = this.rows.get(worker);
    const stillResting = was !== undefined && was.coolingUntil > this.now ? was.cooling : 0;
    this.rows.set(worker, {
      granted: next.granted,
      target: next.target,
      ...wish,
      leaseUntil: this.now + LEASE_MS,
      cooling: next.cooling + stillResting,
      coolingUntil: next.cooling > 0 || was === undefined ? this.now + COOLING_MS : was.coolingUntil,
    });
    // The answer may be lost on its way: the worker then obeys what it knew, while its old lease lasts.
    if (!lost) {
      this.note(worker);
      const limit = Math.min(next.granted, next.target);
      this.obeyed.set(worker, { limit, until: this.now + LEASE_MS, busy: !idle });
    }
  }

  note(worker: string): void {
    const held = this.obeyed.get(worker);
    if (held?.busy === true)
      this.used.push({ limit: held.limit, from: 0, until: Math.min(held.until, this.now), worker });
  }

  /** Returns the most that may be sent in the second that ends now: each worker's highest limit within it. */
  busiest(): number {
    return WORKERS.reduce((sum, worker) => sum + this.spentBy(worker), 0);
  }
}

describe('I10, the shares of a rate', () => {
  it('never sum to more than the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(
          fc.record({
            after: fc.integer({ min: 1, max: 2_500 }),
            worker: fc.constantFrom(...WORKERS),
            wanted: fc.double({ min: 0, max: 1, noNaN: true }),
            rank: fc.constantFrom('wantedFirst', 'wantedNotices', 'wanted'),
            lost: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
            idle: fc.boolean(),
          }),
          { minLength: 5, maxLength: 120 },
        ),
        (rate, steps) => {
          const table = new Table(rate);
          for (const step of steps) {
            table.now += step.after;
            const wanted = Math.ceil(step.wanted * rate);
            table.renew(step.worker, { wanted, [step.rank]: wanted, idle: step.idle }, step.lost);
            expect(table.busiest()).toBeLessThanOrEqual(rate);
          }
        },
      ),
      { numRuns: 500, seed: 20_261_125 },
    );
  });

  it.each([
    [100, 3],
    [10, 3],
    [7, 2],
    [40, 4],
  ])('leave nothing of %i unused among %i', (rate, workers) => {
    const table = new Table(rate);
    const named = WORKERS.slice(0, workers);
    for (let second = 0; second < 12; second += 1) {
      table.now += 1_000 - named.length;
      for (const worker of named) {
        table.now += 1;
        table.renew(worker, { wanted: rate }, false);
      }
    }
    const limits = named.map((worker) => table.limitOf(worker));
    expect(limits.reduce((sum, limit) => sum + limit, 0)).toBe(rate);
    expect(Math.max(...limits) - Math.min(...limits)).toBeLessThanOrEqual(1);
  });

  it('go to reminders, then notices, then advertising', () => {
    const table = new Table(100);
    const turn = (a: Wish, b: Wish) => {
      for (let second = 0; second < 8; second += 1) {
        table.now += 998;
        table.renew('a', a, false);
        table.now += 2;
        table.renew('b', b, false);
      }
    };
    const advertising = { wanted: 100 };
    const notices = { wanted: 100, wantedNotices: 100 };
    const reminders = { wanted: 100, wantedFirst: 100 };
    turn({ wanted: 1 }, advertising);
    expect(table.limitOf('b')).toBeGreaterThanOrEqual(98);
    turn(notices, advertising);
    expect(table.limitOf('a')).toBeGreaterThanOrEqual(98);
    turn(notices, reminders);
    expect(table.limitOf('b')).toBeGreaterThanOrEqual(98);
    turn(reminders, advertising);
    expect(table.limitOf('a')).toBeGreaterThanOrEqual(98);
  });

  it('return from a dead worker after its lease', () => {
    const table = new Table(100);
    for (let second = 0; second < 6; second += 1) {
      table.now += 1_000;
      table.renew('a', { wanted: 100 }, false);
      table.renew('b', { wanted: 100 }, false);
    }
    const diedAt = table.now;
    while (table.limitOf('b') < 100 && table.now < diedAt + 20_000) {
      table.now += 1_000;
      table.renew('b', { wanted: 100 }, false);
    }
    expect(table.now - diedAt).toBeLessThanOrEqual(LEASE_MS + 2_000 + 1_000);
  });
});
