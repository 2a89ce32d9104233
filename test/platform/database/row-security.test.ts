import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aDatabase, aClient } from '../../support/database.ts';

const test = await aDatabase();
const owner = await aClient(test.superUrl);
const app = await aClient(test.appUrl);
const [theirs, other] = [randomUUID(), randomUUID()];

interface Column {
  readonly name: string;
  readonly type: string;
  readonly first: string | null;
}

/** What stands in a row of a type; of an enumeration its first word. */
const VALUES: Readonly<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: `'x'`,
  int2: '1',
  int4: '1',
  int8: '1',
  float8: '1',
  numeric: '1',
  bool: 'false',
  timestamptz: 'now()',
  date: 'current_date',
  time: `'08:00'`,
  interval: `'1 minute'`,
  bytea: `'x'`,
  jsonb: `'{}'`,
  inet: `'127.0.0.1'`,
};

const valueOf = ({ type, first }: Column): string => {
  if (first !== null) return `'${first}'`;
  const value = type.startsWith('_') ? `'{}'` : VALUES[type];
  if (value === undefined) throw new Error(`nothing is known of type ${type}`);
  return value;
};

/** Every table of tenants, and the column that names them; those without a policy stand in the test of tenancy, with their reason. */
const tables = async (): Promise<readonly { readonly table: string; readonly by: string }[]> =>
  (
    await owner.query<{ table: string; by: string }>(`
      SELECT c.relname AS "table", CASE c.relname WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END AS by
        FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND (c.relname = 'tenant' OR EXISTS (
               SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'))
         AND c.relrowsecurity AND has_any_column_privilege('bonheure_app', c.oid, 'SELECT')
       ORDER BY 1`)
  ).rows;

async function columnsOf(table: string): Promise<readonly Column[]> {
  const { rows } = await owner.query<Column>(
    `SELECT a.attname AS name, t.typname AS type,
            (SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder LIMIT 1) AS first
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
        AND (a.attnotnull OR a.attname = 'tenant_id')`,
    [table],
  );
  return rows;
}

/** A row of that tenant, whatever the table asks of its values: it is only to be hidden. */
async function aRow(table: string, by: string): Promise<string> {
  const columns = await columnsOf(table);
  const values = columns.map((column) => (column.name === by ? `'${theirs}'` : valueOf(column)));
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES (${values.join(', ')})`;
}

// What refers to nothing, and keeps no rule but the one that is looked at.
await owner.query(`SET session_replication_role = replica`);
const checks = await owner.query<{ text: string }>(
  `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS text
     FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace AND conislocal`,
);
for (const { text } of checks.rows) await owner.query(text);
await owner.query(`SELECT make_message_partitions(current_date, 2)`);
for (const { table, by } of await tables()) await owner.query(await aRow(table, by));

/** How many of their rows another tenant sees. */
async function seen(table: string, by: string): Promise<number> {
  await app.query('BEGIN');
  try {
    await app.query(`SELECT set_config('bonheure.tenant', $1, true)`, [other]);
    const { rows } = await app.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${by} = $1::uuid`,
      [theirs],
    );
    return rows[0]?.n ?? 0;
  } finally {
    await app.query('ROLLBACK');
  }
}

describe('a row of another tenant', () => {
  it('is seen in no table', async () => {
    const all = await tables();
    expect(all.length).toBeGreaterThan(50);
    for (const { table, by } of all)
      expect({ table, seen: await seen(table, by) }).toEqual({ table, seen: 0 });
  });

  it('is seen once a table’s security is removed', async () => {
    const unnoticed: string[] = [];
    for (const { table, by } of await tables()) {
      await owner.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
      if ((await seen(table, by)) === 0) unnoticed.push(table);
      await owner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
    }
    expect(unnoticed).toEqual([]);
  });

  it('is written in no table', async () => {
    for (const { table, by } of await tables()) {
      const row = await aRow(table, by);
      await app.query('BEGIN');
      await app.query(`SELECT set_config('bonheure.tenant', $1, true)`, [other]);
      const outcome = await app.query(row).then(
        () => 'written',
        (error: { code?: string }) => error.code,
      );
      expect({ table, outcome }).toEqual({ table, outcome: '42501' });
      await app.query('ROLLBACK');
    }
  });
});

/** Not allowed, or not there for this role. */
const DENIED = { code: expect.stringMatching(/^(?:42501|42704)$/) };

/** What a stolen password of the application may try. */
describe('the role of the application', () => {
  it.each([
    'SET ROLE bonheure',
    'SET SESSION AUTHORIZATION bonheure',
    'CREATE ROLE another LOGIN',
    'ALTER ROLE bonheure_app SUPERUSER',
    'ALTER ROLE bonheure_app BYPASSRLS',
    'GRANT bonheure TO bonheure_app',
    'GRANT pg_read_all_data TO bonheure_app',
    'ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE audit_entry OWNER TO bonheure_app',
    'DROP POLICY same_tenant ON contact',
    'CREATE POLICY open ON contact USING (true)',
    'DELETE FROM audit_entry',
    'TRUNCATE consent_event',
    'CREATE TABLE public.mine (id int)',
    `CREATE OR REPLACE FUNCTION public.iso(moment timestamptz) RETURNS text LANGUAGE sql AS 'SELECT 1::text'`,
    `CREATE EXTENSION dblink`,
    `COPY contact TO '/tmp/contacts'`,
    `COPY (SELECT 1) TO PROGRAM 'id'`,
    `SELECT pg_read_file('postgresql.conf')`,
    `SELECT lo_import('/etc/passwd')`,
    `SET session_replication_role = replica`,
  ])('is refused: %s', async (statement) => {
    await app.query('BEGIN');
    await expect(app.query(statement)).rejects.toMatchObject(DENIED);
    await app.query('ROLLBACK');
  });

  // PostgreSQL takes it in no transaction, and says that first.
  it('is refused the settings of the cluster', async () => {
    await expect(app.query(`ALTER SYSTEM SET log_statement = 'all'`)).rejects.toMatchObject(DENIED);
  });
});
