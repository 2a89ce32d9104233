import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

/** The folder of migrations, and the table of those that a database has applied. */
export const MIGRATIONS = {
  folder: fileURLToPath(new URL('../../../migrations', import.meta.url)),
  table: 'migration',
} as const;

/** Lists the migrations that a database lacks; applying them takes the ORM, which takes half a second to load. */
export async function missingMigrations(url: string): Promise<readonly string[]> {
  const files = await readdir(MIGRATIONS.folder);
  const names = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  const seen = new Set(await seenBy(url));
  return names.filter((name) => !seen.has(name));
}

async function seenBy(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ is: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is', [
      MIGRATIONS.table,
    ]);
    if (tables[0]?.is !== true) return [];
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS.table}`);
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
