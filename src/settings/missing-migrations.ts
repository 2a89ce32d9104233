import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { CannotStart } from '../base/index.ts';

/** The folder of the migrations, and the table in which a database has those that were applied. */
export const MIGRATIONS = {
  folder: fileURLToPath(new URL('../../migrations', import.meta.url)),
  table: 'migration',
} as const;

/**
 * The first migration does what 99 earlier ones did before it replaced them: a database with all 99 counts as having
 * applied it.
 */
const FIRST = '20261212000000-first';
const BEFORE_FIRST = { count: 99, last: '20261211000500-journal-vouches', commit: 'd713fc7a' } as const;

/** Lists the migrations that a database lacks, without the ORM, which takes half a second to load. */
export async function missingMigrations(url: string): Promise<readonly string[]> {
  return unseen(await withClient(url, seenBy));
}

/** Lists the migrations that are not among those that a database has applied. */
export async function unseen(applied: readonly string[]): Promise<readonly string[]> {
  const files = await readdir(MIGRATIONS.folder);
  const names = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  const seen = new Set(hasListBefore(applied) ? [...applied, FIRST] : applied);
  return names.filter((name) => !seen.has(name));
}

/**
 * Records the first migration in a database that has applied the 99 before it; refuses one that has applied only some
 * of them.
 */
export async function noteFirst(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const applied = await seenBy(client);
    if (applied.includes(FIRST)) return;
    const older = applied.filter((name) => name < FIRST).length;
    if (older === 0) return;
    if (!hasListBefore(applied))
      throw new CannotStart(
        `This database ran ${older} of the ${BEFORE_FIRST.count} migrations that stood before the first one here: run npm run migrate of commit ${BEFORE_FIRST.commit} on it, then this one again.`,
      );
    await client.query(
      `INSERT INTO ${MIGRATIONS.table} (name, executed_at) SELECT $1::text, now()
        WHERE NOT EXISTS (SELECT FROM ${MIGRATIONS.table} WHERE name = $1::text)`,
      [FIRST],
    );
  });
}

const hasListBefore = (applied: readonly string[]): boolean =>
  applied.includes(BEFORE_FIRST.last) &&
  applied.filter((name) => name <= BEFORE_FIRST.last).length === BEFORE_FIRST.count;

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function seenBy(client: Client): Promise<readonly string[]> {
  const { rows: tables } = await client.query<{ is: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is', [
    MIGRATIONS.table,
  ]);
  if (tables[0]?.is !== true) return [];
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS.table}`);
  return rows.map(({ name }) => name);
}
