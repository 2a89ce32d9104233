import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { inject, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/platform/database/migrate.ts';
import { MIGRATIONS, missingMigrations } from '../../../src/platform/database/missing-migrations.ts';
import { aDatabase } from '../../support/database.ts';

const { ownerUrl } = await aDatabase();
const names = readdirSync(MIGRATIONS.folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

async function asOwner(sql: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('what a database has not seen of the migrations', () => {
  it('is nothing where all were applied', async () => {
    expect(await missingMigrations(ownerUrl)).toEqual([]);
    expect(await migrate(ownerUrl)).toEqual([]);
  });

  it('is the one that is new', async () => {
    const last = names.toSorted().at(-1) ?? '';
    await asOwner(`DELETE FROM ${MIGRATIONS.table} WHERE name = '${last}'`);
    expect(await missingMigrations(ownerUrl)).toEqual([last]);
  });

  it('is everything where nothing was applied', async () => {
    expect((await missingMigrations(inject('postgres').superUrl)).toSorted()).toEqual(names.toSorted());
  });

  it('is asked of a server that answers', async () => {
    await expect(missingMigrations('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
  });
});
