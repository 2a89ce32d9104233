import { Client } from 'pg';

/** A table that nobody writes to until it is let go. */
export interface HeldTable {
  /** How many wait to write to it. */
  waiting(): Promise<number>;
  letGo(): Promise<void>;
}

/** Holds a table of a test database: who writes to it waits, who reads it does not. */
export async function holdTable(superUrl: string, table: string): Promise<HeldTable> {
  const client = new Client({ connectionString: superUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`);
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
