import { sql } from 'kysely';
import type { Transaction } from './connection.ts';
import { AHEAD_MS, JOURNAL_HOLDS } from './gates.ts';
import { col, computedRows, idRows, rowsOf, type RowOf } from './row-type.ts';

/** A process's sign of life; times by the machine clock. */
interface ProcessSeen {
  readonly id: string;
  /** `api` for every process with an opt-out journal: an api, a public server, or a worker that receives over SMPP. */
  readonly kind: 'api' | 'worker';
  readonly startedAt: string;
  readonly at: string;
}

/** A worker without a journal is removed an hour after its last sign of life. */
const FORGOTTEN_AFTER = '1 hour';

/** No process with a journal is silent for so long: after it, a person may write its journal off. */
const SILENT_FOR = '10 seconds';

/** Registers a process, or renews its sign of life. */
export async function noteProcess(tx: Transaction, { id, kind, startedAt, at }: ProcessSeen): Promise<void> {
  await tx.run(sql`
    INSERT INTO process (id, kind, started_at, seen_at) VALUES (${id}, ${kind}, ${startedAt}, ${at})
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`);
}

interface JournalReport extends Omit<ProcessSeen, 'kind'> {
  /** Grows with each report: one that arrives after a later one changes nothing. */
  readonly report: number;
  /** Null while an entry is owed. */
  readonly drained: DrainedStatement | null;
}

/** A process's statement that it owed no entry at a moment, by PostgreSQL's clock. */
export interface DrainedStatement {
  /** The seal of the database for which it holds; null for one that was never sealed. Any other database ignores it. */
  readonly sealId: string | null;
  readonly atMs: number;
}

const reportAnswerRows = rowsOf('instance', ['sealId', 'sealed']).with({
  databaseMs: col.number(),
  /** Epoch milliseconds at which a person last wrote off unreadable entries. */
  pardonedMs: col.number().orNull(),
});

/** The database's answer to a report. */
export type ReportAnswer = RowOf<typeof reportAnswerRows>;

const groundRows = rowsOf('instance', ['sealId']).with({
  /** Epoch milliseconds of PostgreSQL's clock. */
  databaseMs: col.number(),
});

/** What a process needs to know of the database before its first report: its clock and its seal. */
export type Ground = RowOf<typeof groundRows>;

/** Reads clock and seal without registering the process: an unregistered one does not hold the gate. */
export function readGround(tx: Transaction): Promise<Ground | undefined> {
  return tx.first(groundRows.sql`
    SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "databaseMs", seal_id AS "sealId" FROM instance`);
}

/**
 * Stores a report; returns undefined when a later one is stored already. It also removes all reports of other
 * processes, and all vouches, of a future moment: PostgreSQL's clock was set back since, and would count them again
 * when it reaches that moment. Rows that another transaction has locked are left to the next report.
 */
export function reportJournal(tx: Transaction, report: JournalReport): Promise<ReportAnswer | undefined> {
  const { atMs, sealId } = report.drained ?? { atMs: null, sealId: null };
  return tx.first(reportAnswerRows.sql`
    WITH kept AS (
      INSERT INTO process (id, kind, started_at, seen_at, report, drained_at)
      VALUES (${report.id}, 'api', ${report.startedAt}, ${report.at}, ${report.report},
              (SELECT to_timestamp(${atMs}::float8 / 1000) FROM instance WHERE seal_id IS NOT DISTINCT FROM ${sealId}::uuid))
      ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, report = excluded.report, drained_at = excluded.drained_at
        WHERE process.report < excluded.report RETURNING pardoned_at),
    unsaid AS (
      UPDATE process SET drained_at = NULL WHERE id IN (
        SELECT id FROM process WHERE id <> ${report.id}
           AND drained_at > clock_timestamp() + interval '${sql.raw(String(AHEAD_MS))} milliseconds' FOR UPDATE SKIP LOCKED)),
    unvouched AS (
      DELETE FROM journal_vouch WHERE process_id IN (
        SELECT process_id FROM journal_vouch WHERE vouched_at > clock_timestamp() FOR UPDATE SKIP LOCKED))
    SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "databaseMs", i.seal_id AS "sealId", i.sealed,
           extract(epoch FROM k.pardoned_at)::float8 * 1000 AS "pardonedMs"
      FROM kept k CROSS JOIN instance i`);
}

const holdsRows = computedRows({ holds: col.flag() });

/** Returns the reason why the journals forbid any mark; undefined when they do not. */
export async function journalDoubt(tx: Transaction): Promise<string | undefined> {
  const row = await tx.first(holdsRows.sql`SELECT ${sql.raw(JOURNAL_HOLDS)} AS holds`);
  return row?.holds === true ? 'a process has not reported that its opt-out journal is drained' : undefined;
}

/** Lists the processes with a journal that were silent for two seconds at a moment of the machine clock. */
export async function silentKeepers(tx: Transaction, at: string): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM process WHERE kind = 'api' AND seen_at < ${at}::timestamptz - interval '2 seconds' ORDER BY id`);
  return rows.map(({ id }) => id);
}

/**
 * Writes off the journals of processes that are gone and returns their ids; processes that run learn that unreadable
 * entries were written off. A process for which another just vouched is alive although it cannot reach PostgreSQL: it
 * keeps its row, without which nothing would close the gate for the opt-outs that it takes from then on.
 */
export async function writeOffJournals(tx: Transaction, at: string): Promise<readonly string[]> {
  await tx.run(sql`UPDATE process SET pardoned_at = ${at} WHERE kind = 'api'`);
  const rows = await tx.rows(idRows.sql`
    DELETE FROM process WHERE kind = 'api' AND seen_at < ${at}::timestamptz - ${SILENT_FOR}::interval
       AND NOT EXISTS (
         SELECT 1 FROM journal_vouch v WHERE v.process_id = process.id
            AND v.vouched_at BETWEEN clock_timestamp() - ${SILENT_FOR}::interval AND clock_timestamp())
    RETURNING id`);
  return rows.map(({ id }) => id);
}

/** Removes the rows of workers that were silent for an hour. */
export async function forgetDeadProcesses(tx: Transaction, at: string): Promise<void> {
  await tx.run(sql`
    DELETE FROM process WHERE kind = 'worker' AND seen_at < ${at}::timestamptz - ${FORGOTTEN_AFTER}::interval`);
}

/** Removes a process that ended in order, or whose journal was drained by another. */
export async function removeProcess(tx: Transaction, id: string): Promise<void> {
  await tx.run(sql`DELETE FROM process WHERE id = ${id}::uuid`);
}

/** The figures that a process reports every few seconds. */
export interface ProcessFigures {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** The 99th percentile of the event loop's delay, in seconds. */
  readonly loopDelaySeconds: number;
  readonly connections: { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** True when this process would mark a message now; absent for a process that marks none. */
  readonly gateOpen?: boolean;
  /** True when its opt-out journal cannot be written; absent while it can, and where none is kept. */
  readonly journalFails?: boolean;
}

const figuredProcessRows = computedRows({
  kind: col.of('process_figures', 'kind').as<'api' | 'public' | 'worker'>(),
  figures: col.of('process_figures', 'figures').as<ProcessFigures>(),
});

/** One process and its latest figures. */
export type FiguredProcess = RowOf<typeof figuredProcessRows>;

/** A process silent for so long is gone. */
const SILENT_AFTER = '20 seconds';

/** Stores a process's figures, and removes those of silent processes. */
export async function noteFigures(
  tx: Transaction,
  { id, kind, figures, at }: FiguredProcess & { readonly id: string; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO process_figures (process_id, kind, figures, at) VALUES (${id}, ${kind}, ${JSON.stringify(figures)}::jsonb, ${at})
    ON CONFLICT (process_id) DO UPDATE SET figures = excluded.figures, at = excluded.at`);
  await tx.run(
    sql`DELETE FROM process_figures WHERE at < ${at}::timestamptz - ${SILENT_AFTER}::interval - interval '1 minute'`,
  );
}

/** Reads the figures of every process that still reports. */
export const readFigures = (tx: Transaction, at: string): Promise<FiguredProcess[]> =>
  tx.rows(figuredProcessRows.sql`
    SELECT kind, figures FROM process_figures WHERE at >= ${at}::timestamptz - ${SILENT_AFTER}::interval`);

/** What a worker reports twice a second. */
interface WorkerPace {
  readonly id: string;
  /** Milliseconds that PostgreSQL takes to answer it; null while the worker cannot work for another reason. */
  readonly roundTripMs: number | null;
  /** The queues whose tasks it polls. */
  readonly queues: readonly string[];
}

/** No busy worker is silent for so long; the report of one that is frozen or gone no longer counts. */
const BELIEVED_FOR = '3 seconds';

const queueRoundTripRows = computedRows({ queue: col.text(), ms: col.number() });

/** Returns, by queue, the fastest round trip of another healthy worker that polls it. */
export async function otherPaces(tx: Transaction, id: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows(queueRoundTripRows.sql`
    SELECT q.queue, min(p.round_trip_ms) AS ms FROM process p CROSS JOIN unnest(p.queues) AS q (queue)
     WHERE p.kind = 'worker' AND p.id <> ${id}::uuid AND p.round_trip_ms IS NOT NULL
       AND p.paced_at > clock_timestamp() - ${BELIEVED_FOR}::interval GROUP BY q.queue`);
  return new Map(rows.map(({ queue, ms }) => [queue, ms]));
}

/** Stores a worker's report; ignored for one that is not registered. */
export async function tellPace(tx: Transaction, { id, roundTripMs, queues }: WorkerPace): Promise<void> {
  await tx.run(sql`
    UPDATE process SET round_trip_ms = ${roundTripMs}::float8, queues = ${[...queues]}::text[], paced_at = clock_timestamp()
     WHERE id = ${id}::uuid`);
}

const vouchGroundRows = rowsOf('instance', ['sealId']).with({
  moment: col.text(),
});

/** The database's clock and seal before a process reads another one's journal, for which it may then vouch. */
type VouchGround = RowOf<typeof vouchGroundRows>;

/**
 * Returns the moment for which somebody who then reads the journal of process `id` can vouch. That process is
 * registered if it is not, as in a restored database, or after a person took it for gone: a process that takes opt-outs
 * has to hold the gate. An existing row is not touched, since a report that was cut off may keep it locked. The new row
 * is dated three seconds back, so that it is removed at once if the process has ended meanwhile.
 */
export function vouchGround(tx: Transaction, id: string, at: string): Promise<VouchGround | undefined> {
  return tx.first(vouchGroundRows.sql`
    WITH registered AS (
      INSERT INTO process (id, kind, started_at, seen_at) SELECT ${id}::uuid, 'api', ${at}::timestamptz, ${at}::timestamptz - interval '3 seconds'
       WHERE NOT EXISTS (SELECT 1 FROM process WHERE id = ${id}::uuid) ON CONFLICT (id) DO NOTHING)
    SELECT clock_timestamp()::text AS moment, seal_id AS "sealId" FROM instance`);
}

/**
 * Records that all entries of another process's journal up to a moment are in the database: only in the database that
 * gave the moment, and never for a future one, which would count for as long as PostgreSQL's clock was set back by.
 */
export async function vouch(tx: Transaction, id: string, { moment, sealId }: VouchGround): Promise<void> {
  await tx.run(sql`
    INSERT INTO journal_vouch (process_id, vouched_at)
    SELECT p.id, ${moment}::timestamptz FROM process p CROSS JOIN instance i
     WHERE p.id = ${id}::uuid AND p.kind = 'api' AND i.seal_id IS NOT DISTINCT FROM ${sealId}::uuid
       AND ${moment}::timestamptz <= clock_timestamp()
    ON CONFLICT (process_id) DO UPDATE SET vouched_at = excluded.vouched_at
      WHERE journal_vouch.vouched_at < excluded.vouched_at OR journal_vouch.vouched_at > clock_timestamp()`);
}
