import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/connection.ts';
import { aDatabase } from '../support/database.ts';

const { appUrl, superUrl } = await aDatabase();

describe('a database that is closed', () => {
  it('leaves no connection open to the server', async () => {
    const database = await openDatabase({ url: appUrl, connections: 3, name: 'to be closed' });
    const outside = new Client({ connectionString: superUrl });
    await outside.connect();
    const open = async (): Promise<number> => {
      const { rowCount } = await outside.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'to be closed'`,
      );
      return rowCount ?? 0;
    };
    const ask = () => database.outside((tx) => tx.rows(sql`SELECT pg_sleep(0.05)`));
    await Promise.all([ask(), ask(), ask()]);
    expect(await open()).toBe(3);
    await database.close();
    await expect.poll(open).toBe(0);
    expect(database.connections()).toEqual({ busy: 0, idle: 0, waiting: 0 });
    await outside.end();
  });
});
