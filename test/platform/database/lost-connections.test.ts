import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/platform/database/connection.ts';
import { outageOf, writeFaultOf } from '../../../src/platform/database/outage.ts';
import { until } from '../../../src/base/promises.ts';
import { aDatabase } from '../../support/database.ts';

const { appUrl, superUrl } = await aDatabase();

describe('a database whose connections are all lost, again and again', () => {
  it('serves again by itself, and closes', async () => {
    const database = await openDatabase({ url: appUrl, connections: 3, name: 'lost' });
    const outside = new Client({ connectionString: superUrl });
    await outside.connect();
    let served = 0;
    const over = new AbortController();
    const asking = async (): Promise<void> => {
      while (!over.signal.aborted) {
        try {
          await database.outside((tx) => tx.rows(sql`SELECT pg_sleep(0.005)`));
          served += 1;
        } catch {
          await pause(20);
        }
      }
    };
    const askers = [asking(), asking(), asking(), asking()];
    for (let losses = 0; losses < 5; losses += 1) {
      await outside.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'bonheure_app'`,
      );
      const before = served;
      expect(await until(() => served > before + 10, 5_000)).toBe(true);
    }
    over.abort();
    await Promise.all(askers);
    await database.close();
    await outside.end();
  });
});

describe('a database that was closed', () => {
  it('refuses queries and opens no connection', async () => {
    const database = await openDatabase({ url: appUrl, connections: 3, name: 'closed' });
    const ask = () => database.outside((tx) => tx.first(sql<{ one: number }>`SELECT 1 AS one`));
    expect(await ask()).toEqual({ one: 1 });
    await database.close();
    const gone = await ask().then(
      () => 'answered',
      (cause: unknown) => [outageOf(cause), writeFaultOf(cause)],
    );
    expect(gone).toEqual(['DATABASE_UNAVAILABLE', { fault: 'gone' }]);
    const outside = new Client({ connectionString: superUrl });
    await outside.connect();
    const left = async () =>
      (await outside.query(`SELECT state FROM pg_stat_activity WHERE application_name = 'closed'`)).rows;
    await expect.poll(left).toEqual([]);
    await outside.end();
  });
});
