import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createTenant } from '../../../src/company/tenant/tenant.repository.ts';
import { ProcessClock } from '../../../src/platform/clock.ts';
import { keyOf, newKeyBytes } from '../../../src/crypto/cipher.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import type { Transaction } from '../../../src/platform/database/connection.ts';
import {
  BrandSchema,
  TenantSchema,
  WebhookEndpointSchema,
} from '../../../src/platform/database/entities/tenant.entity.ts';
import { query } from '../../../src/platform/database/query.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';

const at = await aDatabase();
const database = await anOpenDatabase({ url: at.appUrl, connections: 4, name: 'test' });
const clock = new ProcessClock({ movable: true });
const vault = new Vault(new KeyRing([keyOf(1, newKeyBytes())], 1));
const AT = '2026-03-04T05:06:07.089Z';

const newTenant = (name: string): Promise<string> =>
  database.outside(async (tx) => {
    const given = { name, legalName: name, brand: name, contact: {}, actor: 'test' };
    return (await createTenant(tx, { vault, clock }, given)).id;
  });

const own = await newTenant('Own');
const other = await newTenant('Other');

const aBrand = (tenantId: string, name = 'Lumière') => ({
  id: randomUUID(),
  tenantId,
  externalId: randomUUID(),
  name,
  sender: null,
  createdAt: AT,
});

async function keptBrand(tenantId: string): Promise<string> {
  const brand = aBrand(tenantId);
  await database.withTenant(tenantId, async (tx) => {
    tx.entities().create(BrandSchema, brand);
    await tx.entities().flush();
  });
  return brand.id;
}

const nameOf = async (tx: Transaction, id: string): Promise<string | undefined> =>
  (await tx.first(query.selectFrom('brand').select('name').where('id', '=', id)))?.name;

const nameNow = (tenantId: string, id: string): Promise<string | undefined> =>
  database.withTenant(tenantId, (tx) => nameOf(tx, id));

describe('entities of a transaction', () => {
  it('are created and changed', async () => {
    const id = await keptBrand(own);
    await database.withTenant(own, async (tx) => {
      const brand = await tx.entities().findOne(BrandSchema, { id });
      expect(brand).toMatchObject({ name: 'Lumière', tenantId: own });
      if (brand !== undefined) brand.name = 'Aurore';
      await tx.entities().flush();
      expect(await nameOf(tx, id)).toBe('Aurore');
    });
    expect(await nameNow(own, id)).toBe('Aurore');
  });

  it('have values as the domain knows them', async () => {
    const id = await keptBrand(own);
    await database.withTenant(own, async (tx) => {
      expect((await tx.entities().findOne(BrandSchema, { id }))?.createdAt).toBe(AT);
      const tenant = await tx.entities().findOne(TenantSchema, { id: own });
      expect(tenant).toMatchObject({ domains: [], settings: {}, halted: false, haltedAt: null });
    });
  });

  it('are one object a row', async () => {
    const id = await keptBrand(own);
    await database.withTenant(own, async (tx) => {
      const brand = await tx.entities().findOne(BrandSchema, { id });
      expect(await tx.entities().findOne(BrandSchema, { id })).toBe(brand);
    });
  });

  it('are undone with their transaction', async () => {
    const brand = aBrand(own);
    const failing = database.withTenant(own, async (tx) => {
      tx.entities().create(BrandSchema, brand);
      await tx.entities().flush();
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await nameNow(own, brand.id)).toBeUndefined();
  });

  it('fail their transaction when PostgreSQL refuses them', async () => {
    const brand = aBrand(own);
    const twice = database.withTenant(own, async (tx) => {
      for (const id of [randomUUID(), randomUUID()]) tx.entities().create(BrandSchema, { ...brand, id });
      await tx.entities().flush();
    });
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  });
});

describe('tenants', () => {
  it('do not find each other’s rows', async () => {
    const id = await keptBrand(other);
    await database.withTenant(own, async (tx) => {
      expect(await tx.entities().findOne(BrandSchema, { id })).toBeUndefined();
      expect(await tx.entities().find(BrandSchema, { tenantId: other })).toEqual([]);
      expect(await tx.entities().findOne(TenantSchema, { id: other })).toBeUndefined();
    });
  });

  it('do not take each other’s ids', async () => {
    const id = await keptBrand(other);
    const taken = database.withTenant(own, async (tx) => {
      tx.entities().create(BrandSchema, { ...aBrand(own, 'Taken'), id });
      await tx.entities().flush();
    });
    await expect(taken).rejects.toMatchObject({ code: '23505' });
    expect(await nameNow(other, id)).toBe('Lumière');
  });

  it('do not change an object of another’s', async () => {
    const id = await keptBrand(other);
    await database.withTenant(other, async (theirs) => {
      const brand = await theirs.entities().findOne(BrandSchema, { id });
      if (brand === undefined) throw new Error('not found');
      await database.withTenant(own, async (tx) => {
        brand.name = 'Taken';
        await tx.entities().flush();
      });
      expect(await nameNow(other, id)).toBe('Lumière');
      brand.name = 'Lumière';
    });
  });

  it('do not add rows for each other', async () => {
    const brand = aBrand(other);
    const added = database.withTenant(own, async (tx) => {
      tx.entities().create(BrandSchema, brand);
      await tx.entities().flush();
    });
    await expect(added).rejects.toThrow('row-level security');
    expect(await nameNow(other, brand.id)).toBeUndefined();
  });

  it('share a transaction, each with its own', async () => {
    const [mine, theirs] = [await keptBrand(own), await keptBrand(other)];
    await database.withTenant(own, async (tx) => {
      const inner = await tx.as(other);
      expect(await inner.entities().findOne(BrandSchema, { id: theirs })).toBeDefined();
      expect(await inner.entities().findOne(BrandSchema, { id: mine })).toBeUndefined();
      const back = await tx.as(own);
      expect(await back.entities().findOne(BrandSchema, { id: mine })).toBeDefined();
    });
  });
});

describe('SQL of the same transaction', () => {
  it('is seen by the next search', async () => {
    const id = await keptBrand(own);
    await database.withTenant(own, async (tx) => {
      const brand = await tx.entities().findOne(BrandSchema, { id });
      await tx.run(query.updateTable('brand').set({ name: 'By SQL' }).where('id', '=', id));
      expect(await tx.entities().findOne(BrandSchema, { id })).toBe(brand);
      expect(brand?.name).toBe('By SQL');
      if (brand !== undefined) brand.name = 'By entity';
      await tx.entities().flush();
      expect(await nameOf(tx, id)).toBe('By entity');
    });
  });
});

describe('changes that are not flushed', () => {
  it('are refused before SQL and before the commit', async () => {
    const id = await keptBrand(own);
    const changing = (then: (tx: Transaction) => Promise<unknown>) =>
      database.withTenant(own, async (tx) => {
        const brand = await tx.entities().findOne(BrandSchema, { id });
        if (brand !== undefined) brand.name = 'Unsaid';
        await then(tx);
      });
    await expect(changing(() => Promise.resolve())).rejects.toThrow('not flushed');
    await expect(changing((tx) => tx.run(sql`SELECT 1`))).rejects.toThrow('not flushed');
    await expect(changing((tx) => tx.as(other))).rejects.toThrow('not flushed');
    expect(await nameNow(own, id)).toBe('Lumière');
  });

  it('are written by the next search', async () => {
    const id = await keptBrand(own);
    await database.withTenant(own, async (tx) => {
      const brand = await tx.entities().findOne(BrandSchema, { id });
      if (brand !== undefined) brand.name = 'Said';
      expect(await tx.entities().find(BrandSchema, { name: 'Said' })).toHaveLength(1);
      expect(await nameOf(tx, id)).toBe('Said');
    });
  });
});

describe('sealed properties', () => {
  const SECRET = 'whsec_of-the-endpoint';

  async function keptEndpoint(tenantId: string): Promise<string> {
    const id = randomUUID();
    await database.withTenant(tenantId, async (tx) => {
      const em = tx.entities(await vault.tenant(tx));
      const texts = { address: 'https://hooks.example/token', secret: SECRET };
      em.create(WebhookEndpointSchema, { id, tenantId, ...texts, events: [], createdAt: AT });
      await em.flush();
    });
    return id;
  }

  const sealed = (id: string) =>
    query
      .selectFrom('webhook_endpoint')
      .select(['sealedUrl', 'sealedSecret', 'delivered'])
      .where('id', '=', id);

  it('rest sealed, and are opened when read', async () => {
    const id = await keptEndpoint(own);
    await database.withTenant(own, async (tx) => {
      const keys = await vault.tenant(tx);
      const row = await tx.first(sealed(id));
      const place = { table: 'webhook_endpoint', column: 'sealed_secret', row: id };
      expect(row && keys.open(place, row.sealedSecret).toString('utf8')).toBe(SECRET);
      const found = await tx.entities(keys).findOne(WebhookEndpointSchema, { id });
      expect(found).toMatchObject({ address: 'https://hooks.example/token', secret: SECRET, delivered: 0 });
    });
  });

  it('are sealed anew only when changed', async () => {
    const id = await keptEndpoint(own);
    const before = await database.withTenant(own, (tx) => tx.first(sealed(id)));
    await database.withTenant(own, async (tx) => {
      const em = tx.entities(await vault.tenant(tx));
      const found = await em.findOne(WebhookEndpointSchema, { id });
      if (found !== undefined)
        Object.assign(found, { address: 'https://other.example', description: 'Moved' });
      await em.flush();
    });
    const after = await database.withTenant(own, (tx) => tx.first(sealed(id)));
    expect(after?.sealedSecret).toEqual(before?.sealedSecret);
    expect(after?.sealedUrl).not.toEqual(before?.sealedUrl);
  });

  it('are written though nothing else changed', async () => {
    const id = await keptEndpoint(own);
    const moving = (flush: boolean) =>
      database.withTenant(own, async (tx) => {
        const em = tx.entities(await vault.tenant(tx));
        const found = await em.findOne(WebhookEndpointSchema, { id });
        if (found !== undefined) found.address = 'https://moved.example';
        if (flush) await em.flush();
      });
    await expect(moving(false)).rejects.toThrow('not flushed');
    await moving(true);
    const read = database.withTenant(own, async (tx) =>
      tx.entities(await vault.tenant(tx)).findOne(WebhookEndpointSchema, { id }),
    );
    expect(await read).toMatchObject({ address: 'https://moved.example', secret: SECRET });
  });

  it('open only in their row and tenant', async () => {
    const [one, another] = [await keptEndpoint(own), await keptEndpoint(own)];
    await database.withTenant(own, async (tx) => {
      const from = await tx.first(sealed(one));
      await tx.run(
        query
          .updateTable('webhook_endpoint')
          .set({ ...from })
          .where('id', '=', another),
      );
    });
    const read = (id: string, keysOf: string) =>
      database.withTenant(own, async (tx) => {
        const keys = await database.withTenant(keysOf, (theirs) => vault.tenant(theirs));
        return tx.entities(keys).findOne(WebhookEndpointSchema, { id });
      });
    expect(await read(another, own)).toMatchObject({ address: null, secret: null });
    expect(await read(one, other)).toMatchObject({ address: null, secret: null });
    expect(await read(one, own)).toMatchObject({ secret: SECRET });
  });

  it('need the keys of the tenant', async () => {
    const id = await keptEndpoint(own);
    const read = database.withTenant(own, (tx) => tx.entities().findOne(WebhookEndpointSchema, { id }));
    await expect(read).rejects.toThrow('needs the keys');
  });
});
