import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Makes the partitions of this month and the months ahead, where they are missing; answers how many. */
export async function makePartitions(tx: Transaction, at: string, monthsAhead: number): Promise<number> {
  const row = await tx.first(sql<{ made: number }>`
    SELECT make_message_partitions((${at}::timestamptz AT TIME ZONE 'UTC')::date, ${monthsAhead + 1}) AS made`);
  return row?.made ?? 0;
}

/** Whether messages lie in no month's partition: one was made too late. */
export async function hasStrayMessages(tx: Transaction): Promise<boolean> {
  const row = await tx.first(sql<{ stray: boolean }>`SELECT has_stray_messages() AS stray`);
  return row?.stray ?? false;
}
