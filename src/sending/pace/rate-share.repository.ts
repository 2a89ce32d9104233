import { sql } from 'kysely';
import {
  col,
  rowsOf,
  computedRows,
  type Database,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import type { ShareRequest } from './rate.ts';
import { SETTLES_MS, type LearnedLimitStore } from './learned-rate-limit.ts';

/** Lifetime of a share, and the rest before it is given again, in milliseconds. */
export const LEASE_MS = 3_000;
const COOLING_MS = 1_000;

/** Longest time for which a worker that froze holds the lock of a scope, for which all its senders wait. */
const RENEWS_WITHIN = '2s';

const shareRows = rowsOf('rate_share', ['granted', 'target', 'wanted', 'cooling']).with({
  worker_id: col.of('rate_share', 'workerId'),
  wanted_first: col.of('rate_share', 'wantedFirst'),
  wanted_notices: col.of('rate_share', 'wantedNotices'),
  alive: col.flag(),
  resting: col.flag(),
});

/** One worker's row, for the rule of sharing. */
export type ShareRow = RowOf<typeof shareRows>;

/**
 * Renews one share; answers the limit to keep from now on.
 *
 * A share shrinks in two steps: the lower limit is answered, and only once the worker says that it keeps it
 * does the difference go to another, of which what was used within the last second rests for a second. So the sum
 * never passes the rate.
 *
 * The rows are read without a lock, and what the rule made of them is written under it, bounded by what is free then:
 * a worker whose packets are late or lost would otherwise hold every sender of the scope up for each of its round
 * trips (3.3 s at 200 to 400 ms and 5 % lost). So `database` has to send its statements ahead.
 */
export async function renewShare(
  database: Pick<Database, 'outside'>,
  request: ShareRequest,
): Promise<number> {
  const rows = await database.outside((tx) => shares(tx, request.scope));
  return writeShare(database, request, nextShare(rows, request));
}

/**
 * Writes a share as one transaction in one write: nobody waits for this worker's next packet while the lock is held.
 */
async function writeShare(
  database: Pick<Database, 'outside'>,
  request: ShareRequest,
  next: Share,
): Promise<number> {
  const written = Promise.withResolvers<RowOf<typeof keptRows> | undefined>();
  // Where a statement fails, the transaction says why.
  written.promise.catch(() => undefined);
  await database.outside(async (tx) => {
    tx.run(sql`SELECT set_config('idle_in_transaction_session_timeout', ${RENEWS_WITHIN}, true),
      pg_advisory_xact_lock(hashtextextended(${request.scope}, 7))`).catch(() => undefined);
    forgetExpired(tx, request.scope).catch(() => undefined);
    written.resolve(keep(tx, request, next));
  });
  const row = await written.promise;
  if (row === undefined) throw new TypeError('a renewal wrote no share');
  return row.limit;
}

/** Returns a share at once; it rests for a second. */
export async function returnShare(database: Database, scope: string, workerId: string): Promise<void> {
  await database.outside((tx) =>
    tx.run(sql`UPDATE rate_share SET lease_until = clock_timestamp(), wanted = 0, wanted_first = 0, wanted_notices = 0
      WHERE scope = ${scope} AND worker_id = ${workerId} AND lease_until > clock_timestamp()`),
  );
}

/** One worker's share after renewing. */
type Share = ReturnType<typeof nextShare>;

/**
 * The pure rule of sharing, over the rows of one scope.
 *
 * Whoever is alone takes half of what is free at a renewal, and a quarter of all at least: workers that begin at almost
 * the same moment, as after an outage, find a part each, where the second waited three seconds for the first to give
 * half of all back.
 */
export function nextShare(rows: readonly ShareRow[], request: ShareRequest) {
  const mine = rows.find((row) => row.worker_id === request.workerId);
  const held = Math.min(mine?.alive === true ? mine.granted : 0, Math.max(request.obeying, 0));
  const freed = (mine?.granted ?? 0) - held;
  const resting = rows.reduce((sum, row) => sum + (row.resting ? row.cooling : 0), 0);
  const taken = rows.reduce((sum, row) => sum + (row === mine ? 0 : row.granted), 0);
  const cooling = Math.min(freed, Math.max(0, request.spent - held));
  const free = Math.max(0, request.rate - taken - held - resting - cooling);
  const isAlone = !rows.some((row) => row.alive && row !== mine);
  const more = isAlone ? Math.min(free, Math.ceil(Math.max(free / 2, request.rate / 4))) : free;
  const ideal = idealShare(rows, request);
  const granted = ideal > held ? Math.min(ideal, held + more) : held;
  return {
    granted,
    target: ideal,
    /** Freed in this renewal after it was used within the last second; rests a second. */
    cooling,
  };
}

/**
 * Returns the part this worker should have: those with reminders first, then notices, then by what each could use;
 * no part is lost.
 */
function idealShare(rows: readonly ShareRow[], request: ShareRequest): number {
  const wishes = rows
    .filter((row) => row.alive && row.worker_id !== request.workerId)
    .map((row) => wishOf(row.worker_id, [row.wanted_first, row.wanted_notices, row.wanted]));
  const { workerId, wantedFirst, wantedNotices, wanted } = request;
  wishes.push(wishOf(workerId, [wantedFirst, wantedNotices, wanted]));
  wishes.sort((one, other) => (one.worker < other.worker ? -1 : 1));
  const mine = wishes.findIndex(({ worker }) => worker === workerId);
  const firsts = wishes.map(({ first }) => first);
  const notices = wishes.map(({ notice }) => notice);
  const rest = wishes.map(({ other }) => other);
  const first = Math.min(request.rate, total(firsts));
  const notice = Math.min(request.rate - first, total(notices));
  const left = request.rate - first - notice;
  const ideal = part(first, firsts, mine) + part(notice, notices, mine) + part(left, rest, mine);
  return Math.max(wanted > 0 ? 1 : 0, ideal);
}

/** One worker's demand, separated by rank. */
const wishOf = (worker: string, [first, notice, all]: readonly [number, number, number]) => ({
  worker,
  first,
  notice,
  other: Math.max(0, all - first - notice),
});

/** Returns the n-th part of a whole, in whole numbers whose sum is the whole. */
function part(whole: number, wishes: readonly number[], n: number): number {
  const all = total(wishes);
  if (all === 0) return 0;
  const before = total(wishes.slice(0, n));
  return Math.floor((whole * (before + (wishes[n] ?? 0))) / all) - Math.floor((whole * before) / all);
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const shares = (tx: Transaction, scope: string): Promise<ShareRow[]> =>
  tx.rows(shareRows.sql`
    SELECT worker_id, granted, target, wanted, wanted_first, wanted_notices, cooling, lease_until > clock_timestamp() AS alive,
           coalesce(cooling_until > clock_timestamp(), false) AS resting
      FROM rate_share WHERE scope = ${scope}`);

const forgetExpired = (tx: Transaction, scope: string): Promise<number> =>
  tx.run(sql`DELETE FROM rate_share WHERE scope = ${scope}
    AND lease_until + make_interval(secs => ${COOLING_MS / 1_000}) < clock_timestamp()`);

const keptRows = computedRows({ limit: col.number() });

/**
 * Writes the share granted: no more than is free now, no less than the part of the old one that this worker surely
 * has.
 */
const keep = (tx: Transaction, request: ShareRequest, share: Share) =>
  tx.first(keptRows.sql`
    WITH held AS (
      SELECT coalesce(sum(granted) FILTER (WHERE worker_id <> ${request.workerId}::uuid), 0) AS taken,
             coalesce(sum(cooling) FILTER (WHERE cooling_until > clock_timestamp()), 0) AS resting,
             coalesce(max(granted) FILTER (WHERE worker_id = ${request.workerId}::uuid AND lease_until > clock_timestamp()), 0) AS mine
        FROM rate_share WHERE scope = ${request.scope})
    INSERT INTO rate_share AS r (scope, worker_id, granted, target, wanted, wanted_first, wanted_notices, lease_until, cooling, cooling_until)
    SELECT ${request.scope}::text, ${request.workerId}::uuid,
           greatest(least(${share.granted}::int, mine, greatest(${request.obeying}::int, 0)),
                    least(${share.granted}::int, ${request.rate}::int - taken - resting - ${share.cooling}::int)),
           ${share.target}::int, ${request.wanted}::int, ${request.wantedFirst}::int, ${request.wantedNotices}::int,
           clock_timestamp() + make_interval(secs => ${LEASE_MS / 1_000}), ${share.cooling}::int,
           clock_timestamp() + make_interval(secs => ${COOLING_MS / 1_000})
      FROM held
    ON CONFLICT (scope, worker_id) DO UPDATE SET granted = excluded.granted, target = excluded.target, wanted = excluded.wanted,
      wanted_first = excluded.wanted_first, wanted_notices = excluded.wanted_notices, lease_until = excluded.lease_until,
      cooling = excluded.cooling + CASE WHEN r.cooling_until > clock_timestamp() THEN r.cooling ELSE 0 END,
      cooling_until = CASE WHEN excluded.cooling > 0 OR r.cooling_until IS NULL THEN excluded.cooling_until ELSE r.cooling_until END
    RETURNING least(r.granted, r.target) AS "limit"`);

const LEARNED_COLUMNS = sql`learned_base AS base, (extract(epoch FROM learned_since) * 1000)::float8 AS since, learned_hits AS hits`;

const learnedRows = computedRows({
  base: col.of('gateway_account', 'learnedBase').known(),
  since: col.number(),
  hits: col.of('gateway_account', 'learnedHits').known(),
});

/** Stores estimates with the account, for every worker. */
export const learnedLimitStore = (database: Database): LearnedLimitStore => ({
  read: (accountId) =>
    database.outside((tx) =>
      tx.first(
        learnedRows.sql`SELECT ${LEARNED_COLUMNS} FROM gateway_account WHERE id = ${accountId}::uuid AND learned_base IS NOT NULL`,
      ),
    ),
  keep: (accountId, { base, since, hits }) =>
    database.outside(async (tx) => {
      await tx.run(sql`
        UPDATE gateway_account SET learned_base = ${base}, learned_since = to_timestamp(${since}::float8 / 1000), learned_hits = ${hits}
         WHERE id = ${accountId}::uuid AND (learned_since IS NULL OR learned_since <= to_timestamp(${since - SETTLES_MS}::float8 / 1000))`);
      return tx.first(
        learnedRows.sql`SELECT ${LEARNED_COLUMNS} FROM gateway_account WHERE id = ${accountId}::uuid`,
      );
    }),
});
