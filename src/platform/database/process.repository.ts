import { sql } from 'kysely';
import { col, computedRows, idRows, type RowOf, rowsOf } from './row-type.ts';
import type { Transaction } from './connection.ts';
import { AHEAD_MS, JOURNAL_HOLDS } from './journal-gate.ts';

/** One process of the instance, and its last sign of life, by the machine clock. */
export interface ProcessSeen {
  readonly id: string;
  /** `api`: it keeps an opt-out journal, be it an api, a public server, or a worker that receives over SMPP. */
  readonly kind: 'api' | 'worker';
  readonly startedAt: string;
  readonly at: string;
}

/** A worker without a journal is removed an hour after its last sign of life. */
const FORGOTTEN_AFTER = '1 hour';
/** Longer than a process with a journal is ever silent: after it, a person may write its journal off. */
const SILENT_FOR = '10 seconds';

/** Registers a worker, or renews its sign of life. */
export async function noteProcess(tx: Transaction, { id, kind, startedAt, at }: ProcessSeen): Promise<void> {
  await tx.run(sql`
    INSERT INTO process (id, kind, started_at, seen_at) VALUES (${id}, ${kind}, ${startedAt}, ${at})
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`);
}

/** A process's report of its opt-out journal. */
export interface JournalReport extends Omit<ProcessSeen, 'kind'> {
  /** Grows with each report: a late one changes nothing. */
  readonly report: number;
  /** Null while an entry is owed. */
  readonly drained: DrainedWord | null;
}

/** A process's statement that it owes nothing, with the seal and the time. */
export interface DrainedWord {
  /** The database of another seal ignores it; null is the one that was never sealed. */
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

/** The state of the instance before a process reports anything. */
export type Ground = RowOf<typeof groundRows>;

/** Reads the state without registering: an unregistered process holds no gate. */
export function readGround(tx: Transaction): Promise<Ground | undefined> {
  return tx.first(groundRows.sql`
    SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "databaseMs", seal_id AS "sealId" FROM instance`);
}

/**
 * Stores a report; undefined when a later one is known. Any report of a moment still to come is removed:
 * PostgreSQL's clock was set back since, and would make it true once more when it comes there again. A report
 * concerns its own process alone: rows that another transaction locks are left to the next report.
 */
export function reportJournal(tx: Transaction, given: JournalReport): Promise<ReportAnswer | undefined> {
  const { atMs, sealId } = given.drained ?? { atMs: null, sealId: null };
  return tx.first(reportAnswerRows.sql`
    WITH kept AS (
      INSERT INTO process (id, kind, started_at, seen_at, report, drained_at)
      VALUES (${given.id}, 'api', ${given.startedAt}, ${given.at}, ${given.report},
              (SELECT to_timestamp(${atMs}::float8 / 1000) FROM instance WHERE seal_id IS NOT DISTINCT FROM ${sealId}::uuid))
      ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, report = excluded.report, drained_at = excluded.drained_at
        WHERE process.report < excluded.report RETURNING pardoned_at),
    unsaid AS (
      UPDATE process SET drained_at = NULL WHERE id IN (
        SELECT id FROM process WHERE id <> ${given.id}
           AND drained_at > clock_timestamp() + interval '${sql.raw(String(AHEAD_MS))} milliseconds' FOR UPDATE SKIP LOCKED)),
    unvouched AS (
      DELETE FROM journal_vouch WHERE process_id IN (
        SELECT process_id FROM journal_vouch WHERE vouched_at > clock_timestamp() FOR UPDATE SKIP LOCKED))
    SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "databaseMs", i.seal_id AS "sealId", i.sealed,
           extract(epoch FROM k.pardoned_at)::float8 * 1000 AS "pardonedMs"
      FROM kept k CROSS JOIN instance i`);
}

const holdsRows = computedRows({ holds: col.flag() });

/** Returns the reason of journals why nothing may be marked. */
export async function journalDoubt(tx: Transaction): Promise<string | undefined> {
  const row = await tx.first(holdsRows.sql`SELECT ${sql.raw(JOURNAL_HOLDS)} AS holds`);
  return row?.holds === true ? 'a process has not reported that its opt-out journal is drained' : undefined;
}

/** Lists silent processes with a journal. */
export async function silentKeepers(tx: Transaction, at: string): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM process WHERE kind = 'api' AND seen_at < ${at}::timestamptz - interval '2 seconds' ORDER BY id`);
  return rows.map(({ id }) => id);
}

/**
 * Writes off the journals of processes that are gone; live ones learn that they may go on. A process that was
 * vouched for just now is alive although PostgreSQL cannot reach it: without its row nothing would close the gate
 * for what it takes from then on.
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

/** Removes workers that were killed. */
export async function forgetDeadProcesses(tx: Transaction, at: string): Promise<void> {
  await tx.run(sql`
    DELETE FROM process WHERE kind = 'worker' AND seen_at < ${at}::timestamptz - ${FORGOTTEN_AFTER}::interval`);
}

/** Removes a process that ended in order, or whose journal was drained by another. */
export async function removeProcess(tx: Transaction, id: string): Promise<void> {
  await tx.run(sql`DELETE FROM process WHERE id = ${id}::uuid`);
}
