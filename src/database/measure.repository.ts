import { sql } from 'kysely';
import type { Transaction } from './connection.ts';

/** The tables in which the people of an audience are looked for. */
const OF_PEOPLE = [
  'contact',
  'contact_key',
  'consent',
  'consent_event',
  'import_row',
  'suppression',
] as const;

/**
 * Measures the tables of people that have grown by half since they were last measured; answers which.
 *
 * PostgreSQL does it by itself a minute later: whoever counts a base that was brought a moment ago would go through it
 * by a plan made for an empty one.
 */
export async function measureGrown(tx: Transaction): Promise<readonly string[]> {
  const grown = await tx.rows(sql<{ name: (typeof OF_PEOPLE)[number] }>`
    SELECT c.relname AS name FROM pg_class c
     WHERE c.oid = ANY(${OF_PEOPLE.map((name) => `public.${name}`)}::regclass[])
       AND pg_relation_size(c.oid) / current_setting('block_size')::int > 1.5 * c.relpages
     ORDER BY 1`);
  for (const { name } of grown) await tx.run(sql`ANALYZE ${sql.table(name)}`);
  return grown.map(({ name }) => name);
}
