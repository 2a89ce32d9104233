import { sql } from 'kysely';
import { col, computedRows } from './row-type.ts';
import type { Transaction } from './connection.ts';

/** Limits this transaction's waits for locks to 200 ms from here on. */
export const waitBriefly = (tx: Transaction): Promise<number> =>
  tx.run(sql`SET LOCAL lock_timeout = '200ms'`);

/** The tables in which the people of an audience are looked up. */
const OF_PEOPLE = [
  'contact',
  'contact_key',
  'consent',
  'consent_event',
  'import_row',
  'suppression',
] as const;

const nameRows = computedRows({ name: col.text() });

/**
 * Analyzes the tables of people that have grown by half since the last time; returns their names. PostgreSQL does
 * it by itself a minute later: a count of a base imported just now would use a plan for an empty one.
 */
export async function measureGrown(tx: Transaction): Promise<readonly string[]> {
  const grown = await tx.rows(nameRows.sql`SELECT name FROM measure_grown(${OF_PEOPLE}::text[]) AS name`);
  return grown.map(({ name }) => name);
}

/** Analyzes the messages of a batch that was just made, with those of its month. */
export async function measureMessages(tx: Transaction, batchId: string): Promise<void> {
  await tx.run(sql`SELECT measure_messages(${batchId}::uuid)`);
}
