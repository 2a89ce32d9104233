import { sql } from 'kysely';
import { col, computedRows, type Transaction } from '../../platform/index.ts';

/** Answers are received and written by then. */
const SETTLED_AFTER = '5 minutes';
/** The maximum period of one check, after a long absence. */
const MOST = '1 hour';

const outsideRows = computedRows({ outside: col.number() });

/** Compares the messages handed to operators since the last check with their decisions; returns the number outside. */
export async function watchAttempts(tx: Transaction, machine: string): Promise<number> {
  const row = await tx.first(outsideRows.sql`
    WITH turn AS MATERIALIZED (
      SELECT attempts_seen_at AS since,
             least(attempts_seen_at + ${MOST}::interval, ${machine}::timestamptz - ${SETTLED_AFTER}::interval) AS until FROM instance),
    judged AS MATERIALIZED (SELECT until, attempts_outside_between(since, until) AS outside FROM turn WHERE until > since)
    UPDATE instance SET attempts_outside = attempts_outside + j.outside, attempts_seen_at = j.until FROM judged j
    RETURNING j.outside::int AS outside`);
  return row?.outside ?? 0;
}

/** Notes that retention has gone through every tenant. */
export async function noteCleaned(tx: Transaction, machine: string): Promise<void> {
  await tx.run(sql`UPDATE instance SET cleaned_at = ${machine}::timestamptz`);
}
