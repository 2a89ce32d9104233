import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../../src/platform/database/connection.ts';
import type { ShareRequest } from '../../../src/sending/pace/rate.ts';
import { renewShare } from '../../../src/sending/pace/rate-share.repository.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';
import { seeded } from '../../support/seed.ts';
import { aWay } from '../../support/way.ts';

const { appUrl } = await aDatabase();
const near = await anOpenDatabase({ url: appUrl, connections: 8, name: 'near renewer', ahead: true });

const RATE = 40;
const wish = { rate: RATE, obeying: 0, spent: 0, wanted: RATE, wantedFirst: 0, wantedNotices: 0 };

const waitsWithLock = sql<{ pid: number }>`
  SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE l.locktype = 'advisory' AND l.granted AND a.state LIKE 'idle in transaction%' AND a.application_name = 'far renewer'`;

describe('a renewal over a slow way', () => {
  it('holds the lock through no round trip', async () => {
    const way = await aWay();
    const url = appUrl.replace(
      encodeURIComponent(inject('postgres').socketFolder),
      encodeURIComponent(way.folder),
    );
    const far = await openDatabase({ url, connections: 1, name: 'far renewer', ahead: true });
    const scope = 'account:reached-slowly';
    const workerId = randomUUID();
    await renewShare(far, { scope, workerId, ...wish });
    way.slow(150);
    const renewing = renewShare(far, { scope, workerId, ...wish, obeying: RATE / 2 });
    let waited = 0;
    const looks = async (): Promise<undefined> => {
      waited += (await near.outside((tx) => tx.rows(waitsWithLock))).length;
    };
    let limit: number | undefined;
    while (limit === undefined) limit = await Promise.race([renewing, looks()]);
    expect([limit, waited]).toEqual([(RATE * 3) / 4, 0]);
    way.slow(0);
    await far.close();
  });
});

describe('I10, renewals of several workers at once', () => {
  it('never grant more than the rate', async () => {
    const random = seeded(11);
    const scope = 'account:asked-by-many';
    const workers = Array.from({ length: 4 }, () => ({ workerId: randomUUID(), obeying: 0 }));
    const sums: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(
        workers.map(async (worker) => {
          const wanted = Math.ceil(random() * RATE);
          const request: ShareRequest = { scope, ...wish, ...worker, wanted, spent: worker.obeying };
          // Some obey what they were granted before, as one whose last answer was lost.
          if (random() < 0.8) worker.obeying = await renewShare(near, request);
          else await renewShare(near, request);
        }),
      );
      const [row] = await near.outside((tx) =>
        tx.rows(sql<{ sum: number }>`SELECT sum(granted)::int AS sum FROM rate_share WHERE scope = ${scope}`),
      );
      sums.push(row?.sum ?? 0);
    }
    expect(Math.max(...sums)).toBeLessThanOrEqual(RATE);
    expect(sums.at(-1)).toBeGreaterThan(0);
  });
});
