import { sql } from 'kysely';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { openDatabase, TransactionAbandoned } from '../../../src/platform/database/connection.ts';
import { inTime } from '../../../src/base/promises.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';
import { aWay } from '../../support/way.ts';

const { appUrl } = await aDatabase();
const near = await anOpenDatabase({ url: appUrl, connections: 4, name: 'near', ahead: true });
const way = await aWay();
const { socketFolder } = inject('postgres');
const farUrl = appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(way.folder));
const far = await anOpenDatabase({ url: farUrl, connections: 2, name: 'far', urgent: true });
afterAll(async () => {
  way.slow(0);
});

const lock = (id: number) => sql`SELECT pg_advisory_xact_lock(${id}::bigint)`;
const slept = (seconds: number) => sql`SELECT pg_sleep(${seconds}::float8)`;
/** Far longer than anything here takes. */
const LONG_MS = 30_000;

describe('a transaction that is handed over', () => {
  it.each([
    ['between two statements', async () => new Promise<never>(() => undefined)],
    ['during slow round trips', undefined],
  ])('lets its locks go %s', async (_, waits) => {
    const handed = new AbortController();
    const held = Promise.withResolvers<void>();
    await far.outside((tx) => tx.run(sql`SELECT 1`));
    way.slow(100);
    const running = far.until(handed.signal).withTenant('', async (tx) => {
      await tx.run(lock(7));
      held.resolve();
      await waits?.();
      // As a planner that asks for one thing after the other.
      for (let trip = 0; trip < 100; trip += 1) await tx.run(sql`SELECT 1`);
    });
    running.catch(() => undefined);
    await held.promise;
    const next = near.outside((tx) => tx.run(lock(7)).then(() => 'has it'));
    expect(await inTime(next, 50, 'waits')).toBe('waits');
    handed.abort();
    await expect(running).rejects.toBeInstanceOf(TransactionAbandoned);
    expect(await inTime(next, LONG_MS / 10, 'waits')).toBe('has it');
    way.slow(0);
  });

  it('leaves nothing of what it wrote', async () => {
    const handed = new AbortController();
    const scope = `abandoned ${Date.now()}`;
    const kept = sql<{ scope: string }>`SELECT scope FROM rate_share WHERE scope = ${scope}`;
    const running = near.until(handed.signal).outside(async (tx) => {
      await tx.run(sql`INSERT INTO rate_share (scope, worker_id, granted, target, wanted, lease_until)
        VALUES (${scope}, gen_random_uuid(), 1, 1, 1, clock_timestamp())`);
      handed.abort();
      await tx.run(slept(0.01));
    });
    await expect(running).rejects.toBeInstanceOf(TransactionAbandoned);
    await near.settled();
    expect(await near.outside((tx) => tx.rows(kept))).toEqual([]);
  });

  it('begins nothing afterwards', async () => {
    const begun: string[] = [];
    const after = near.until(AbortSignal.abort()).outside(() => Promise.resolve(begun.push('begun')));
    await expect(after).rejects.toBeInstanceOf(TransactionAbandoned);
    expect(begun).toEqual([]);
  });

  it('stays committed when it had ended', async () => {
    const handed = new AbortController();
    const one = await near
      .until(handed.signal)
      .outside((tx) => tx.first(sql<{ one: number }>`SELECT 1 AS one`));
    handed.abort();
    expect(one).toEqual({ one: 1 });
  });

  it('gives its connection back to the pool', async () => {
    const single = await openDatabase({ url: appUrl, connections: 1, name: 'single', ahead: true });
    const handed = new AbortController();
    const running = single.until(handed.signal).outside((tx) => tx.run(slept(0.2)));
    handed.abort();
    await expect(running).rejects.toBeInstanceOf(TransactionAbandoned);
    const next = single.outside((tx) => tx.first(sql<{ two: number }>`SELECT 2 AS two`));
    expect(await inTime(next, LONG_MS, 'waits')).toEqual({ two: 2 });
    await single.close();
  });
});
