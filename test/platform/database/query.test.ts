import { UnderscoreNamingStrategy } from '@mikro-orm/core';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { entities } from '../../../src/platform/database/entities.ts';
import { query } from '../../../src/platform/database/query.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';

const TENANTS = ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8058'] as const;

const { appUrl } = await aDatabase();
const database = await anOpenDatabase({ url: appUrl, connections: 1, name: 'query' });
for (const id of TENANTS)
  await database.withTenant(id, (tx) =>
    tx.run(
      sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at) VALUES (${id}, 'a', 'b', '2026-01-01', '2026-01-01')`,
    ),
  );

describe('a built statement', () => {
  it('names every column as its entity does', () => {
    const naming = new UnderscoreNamingStrategy();
    const wrong = entities.flatMap(({ meta }) =>
      Object.keys(meta.properties).filter((name) => {
        const { sql: text } = query.selectFrom('tenant').select(query.dynamic.ref(name)).compile();
        return text !== `select "${naming.propertyToColumnName(name)}" from "tenant"`;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('sees its tenant alone', async () => {
    const [one, other] = TENANTS;
    const ids = (tenant: string) =>
      database.withTenant(tenant, (tx) => tx.rows(query.selectFrom('tenant').select(['id'])));
    expect(await ids(one)).toEqual([{ id: one }]);
    expect(await ids(other)).toEqual([{ id: other }]);
  });

  it('returns rows by the names of properties', async () => {
    const [one] = TENANTS;
    const row = await database.withTenant(one, async (tx) => {
      await tx.run(sql`UPDATE tenant SET settings = '{"a_b": {"c_d": 1}}' WHERE id = ${one}`);
      return tx.first(query.selectFrom('tenant').select(['legalName', 'settings']));
    });
    expect(row).toEqual({ legalName: expect.any(String), settings: { a_b: { c_d: 1 } } });
  });

  it('reads instants and counts as statements do', async () => {
    const [one] = TENANTS;
    const built = query
      .selectFrom('tenant')
      .select(['createdAt', 'haltedAt', query.fn.countAll<number>().over().as('tenants')]);
    const [row, same] = await database.withTenant(one, async (tx) => {
      await tx.run(sql`UPDATE tenant SET created_at = '2026-01-31 23:59:59.999999+01' WHERE id = ${one}`);
      await tx.run(sql`SET LOCAL TIME ZONE 'Asia/Kolkata'`);
      return Promise.all([
        tx.first(built),
        tx.first(sql`SELECT iso(created_at) AS "createdAt", NULL AS "haltedAt", 1 AS tenants FROM tenant`),
      ]);
    });
    expect(row).toEqual(same);
    expect(row).toMatchObject({ createdAt: '2026-01-31T22:59:59.999Z' });
  });

  it('answers how many rows it changed', async () => {
    const [one] = TENANTS;
    const renamed = query.updateTable('tenant').set({ legalName: 'Another' }).where('id', '=', one);
    expect(await database.withTenant(one, (tx) => tx.run(renamed))).toBe(1);
  });
});
