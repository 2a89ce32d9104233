import { sql } from 'kysely';
import { col, computedRows } from './row-type.ts';
import type { Transaction } from './connection.ts';

/** Limits each later wait for a lock in this transaction to 200 ms. */
export const waitBriefly = (tx: Transaction): Promise<number> =>
  tx.run(sql`SET LOCAL lock_timeout = '200ms'`);

/** The tables that are searched for the people of an audience. */
const PEOPLE_TABLES = [
  'contact',
  'contact_key',
  'consent',
  'consent_event',
  'import_row',
  'suppression',
] as const;

const nameRows = computedRows({ name: col.text() });

/**
 * Runs ANALYZE on the tables of people that have grown by half since the last time; returns their names. PostgreSQL
 * does it by itself only a minute later: until then a count of an audience that was just imported would use a plan for
 * empty tables.
 */
export async function measureGrown(tx: Transaction): Promise<readonly string[]> {
  const grown = await tx.rows(nameRows.sql`SELECT name FROM measure_grown(${PEOPLE_TABLES}::text[]) AS name`);
  return grown.map(({ name }) => name);
}

/** Runs ANALYZE on the partition of a month's messages after a batch was made in it. */
export async function measureMessages(tx: Transaction, batchId: string): Promise<void> {
  await tx.run(sql`SELECT measure_messages(${batchId}::uuid)`);
}
