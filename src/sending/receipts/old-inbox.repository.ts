import { sql } from 'kysely';
import { col, computedRows, type Transaction } from '../../platform/index.ts';

/** Removes some inbound calls from before an instant of the machine clock, matched or not; returns their number. */
export async function forgetReceipts(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    WITH unread AS (DELETE FROM unread_delivery WHERE received_at < ${before}::timestamptz),
         parts AS (DELETE FROM reply_part WHERE received_at < ${before}::timestamptz)
    DELETE FROM receipt WHERE id IN (
      SELECT id FROM receipt WHERE received_at < ${before}::timestamptz ORDER BY id LIMIT 5000)`);
}

/** The same of replies, by the law clock, once they had all their effects. */
export async function forgetInbound(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM inbound WHERE id IN (
      SELECT id FROM inbound WHERE received_at < ${before}::timestamptz AND settled_at IS NOT NULL ORDER BY id LIMIT 5000)`);
}

const droppedRows = computedRows({ dropped: col.number() });

/** Drops the months of messages in which nothing is open and nothing is younger than an instant of the law clock. */
export async function dropMonths(
  tx: Transaction,
  { machine, keptSince }: { readonly machine: string; readonly keptSince: string },
): Promise<number> {
  const row = await tx.first(droppedRows.sql`
    SELECT drop_message_partitions(${machine}::timestamptz, ${keptSince}::timestamptz) AS dropped`);
  return row?.dropped ?? 0;
}
