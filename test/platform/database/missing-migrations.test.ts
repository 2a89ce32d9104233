import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { inject, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/settings/migrate.ts';
import { MIGRATIONS, missingMigrations } from '../../../src/settings/missing-migrations.ts';
import { aDatabase } from '../../support/database.ts';

const { ownerUrl } = await aDatabase();
const names = readdirSync(MIGRATIONS.folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

async function asOwner(sql: string, url = ownerUrl): Promise<void> {
  const client = new Client({ connectionString: url });
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

describe('a database that ran the list before the first migration', () => {
  const first = names.toSorted()[0] ?? '';
  const last = '20261211000500-journal-vouches';
  const noted = async (count: number): Promise<string> => {
    const { ownerUrl: url } = await aDatabase();
    const rows = Array.from(
      { length: count - 1 },
      (_, at) => `('20261125000${String(at).padStart(3, '0')}')`,
    );
    await asOwner(`DELETE FROM ${MIGRATIONS.table} WHERE name <= '${first}'`, url);
    await asOwner(`INSERT INTO ${MIGRATIONS.table} (name) VALUES ${rows.join(', ')}, ('${last}')`, url);
    return url;
  };

  it('has the first one too', async () => {
    const url = await noted(99);
    expect(await missingMigrations(url)).toEqual([]);
    expect(await migrate(url)).toEqual([]);
    await asOwner(`DELETE FROM ${MIGRATIONS.table} WHERE name = '${last}'`, url);
    expect(await missingMigrations(url)).toEqual([]);
  });

  it('is refused when it ran a part', async () => {
    const url = await noted(98);
    expect(await missingMigrations(url)).toEqual([first]);
    await expect(migrate(url)).rejects.toThrow('This database ran 98 of the 99 migrations');
  });
});
