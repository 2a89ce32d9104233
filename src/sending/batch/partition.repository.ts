import { col, computedRows, type Transaction } from '../../platform/index.ts';

const madeRows = computedRows({ made: col.number() });

/** Makes missing partitions of this month and the months ahead; returns their number. */
export async function makePartitions(tx: Transaction, at: string, monthsAhead: number): Promise<number> {
  const row = await tx.first(madeRows.sql`
    SELECT make_message_partitions((${at}::timestamptz AT TIME ZONE 'UTC')::date, ${monthsAhead + 1}) AS made`);
  return row?.made ?? 0;
}

const strayRows = computedRows({ stray: col.flag() });

/** Says whether messages lie in no month's partition: it was made too late. */
export async function hasStrayMessages(tx: Transaction): Promise<boolean> {
  const row = await tx.first(strayRows.sql`SELECT has_stray_messages() AS stray`);
  return row?.stray ?? false;
}
