import { Client } from 'pg';

/** A table that others wait for until it is let go. */
export interface HeldTable {
  /** How many wait for it. */
  waiting(): Promise<number>;
  letGo(): Promise<void>;
}

/** Holds a table: who writes to it waits; who reads it does so only when it is held from all. */
export async function holdTable(
  url: string,
  table: string,
  mode: 'EXCLUSIVE' | 'ACCESS EXCLUSIVE' = 'EXCLUSIVE',
): Promise<HeldTable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ${mode} MODE`);
  return {
    waiting: async () => {
      const { rows } = await client.query(
        `SELECT 1 FROM pg_locks WHERE relation = $1::regclass AND NOT granted`,
        [table],
      );
      return rows.length;
    },
    letGo: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}
