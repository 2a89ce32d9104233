import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database/connection.ts';
import { col, computedRows, rowsOf } from '../../../src/platform/database/row-type.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';
import { checkedResults, takeRowFaults } from '../../support/row-types.ts';

const TENANT = '01890a5d-ac96-774b-bcce-b302099a8057';

const { appUrl } = await aDatabase();
const database = await anOpenDatabase({ url: appUrl, connections: 1, name: 'row-types' });

const asked = <Row>(statement: Parameters<Parameters<Parameters<Database['withTenant']>[1]>[0]['rows']>[0]) =>
  database.withTenant(TENANT, (tx) => tx.rows(statement) as Promise<Row[]>);

describe('a row type', () => {
  it('takes its columns from the entity', async () => {
    const brands = rowsOf('brand', ['id', 'name', 'sender', 'createdAt']);
    const before = checkedResults();
    await asked(brands.sql`SELECT id, name, sender, iso(created_at) AS "createdAt" FROM brand`);
    expect(checkedResults()).toBe(before + 1);
    expect(takeRowFaults()).toEqual([]);
  });

  it('says which column its statement does not return', async () => {
    const brands = rowsOf('brand', ['id', 'sender']);
    await asked(brands.sql`SELECT id, name FROM brand`);
    expect(takeRowFaults().map((fault) => fault.split(',')[0])).toEqual([
      'name: not in the row type',
      'sender: not returned',
    ]);
  });

  it('says which column arrives as something else', async () => {
    const counted = computedRows({ people: col.number(), isOpen: col.flag(), at: col.text() });
    await asked(counted.sql`SELECT count(*) AS people, 'yes' AS "isOpen", now() AS at FROM brand`);
    expect(takeRowFaults().map((fault) => fault.split(':')[0])).toEqual(['people', 'isOpen', 'at']);
  });

  it('says which column was null against its entity', async () => {
    const brands = rowsOf('brand', ['name']);
    await asked(brands.sql`SELECT NULL::text AS name`);
    expect(takeRowFaults()).toHaveLength(1);
    await asked(rowsOf('brand', ['sender']).sql`SELECT NULL::text AS sender`);
    await asked(computedRows({ name: col.of('brand', 'name').orNull() }).sql`SELECT NULL::text AS name`);
    expect(takeRowFaults()).toEqual([]);
  });
});
