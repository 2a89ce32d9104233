import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { openDatabase, type DatabaseOptions } from '../../../src/platform/database/connection.ts';
import { outageOf } from '../../../src/platform/database/outage.ts';
import { until } from '../../../src/base/promises.ts';
import { NIGHT } from '../../support/cases.ts';
import { aDatabase } from '../../support/database.ts';
import { aWay } from '../../support/way.ts';

const way = await aWay();
const { appUrl } = await aDatabase();
const { socketFolder } = inject('postgres');
const url = appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(way.folder));

describe('a database host that vanishes in the middle of a statement', () => {
  async function failsAndServesAgain(_: string, manner: Pick<DatabaseOptions, 'ahead'>): Promise<void> {
    const database = await openDatabase({ url, connections: 2, name: 'silent', ...manner });
    let isAsking = false;
    const asked = database
      .outside(async (tx) => {
        tx.mayTake(1_000);
        await tx.rows(sql`SELECT 1`);
        way.silence();
        isAsking = true;
        await tx.rows(sql`SELECT 2`);
      })
      .catch((cause: unknown) => cause);
    expect(await until(() => isAsking, 5_000)).toBe(true);
    expect(outageOf(await asked)).toBe('DATABASE_UNAVAILABLE');
    expect(database.connections()).toMatchObject({ busy: 0 });
    way.speak();
    expect(await database.outside((tx) => tx.first(sql`SELECT 3 AS three`))).toEqual({ three: 3 });
    await database.close();
  }
  it.each([['that asks ahead', { ahead: true }]] as const)(
    'fails the transaction %s, then serves again',
    failsAndServesAgain,
  );
  it.each([['that waits for each answer', {}]] as const)(
    'fails the transaction %s, then serves again',
    NIGHT,
    failsAndServesAgain,
  );

  it('lets a statement take what its transaction said', async () => {
    const database = await openDatabase({ url, connections: 1, name: 'slow' });
    const slow = database.outside(async (tx) => {
      tx.mayTake(100);
      await tx.rows(sql`SELECT pg_sleep(2)`);
    });
    await expect(slow).rejects.toMatchObject({ code: '57014' });
    await database.close();
  });
});
