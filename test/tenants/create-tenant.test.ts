import { afterAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../src/clock.ts';
import { keyOf, newKeyBytes } from '../../src/database/cipher.ts';
import { openDatabase } from '../../src/database/connection.ts';
import { KeyRing } from '../../src/database/key-ring.ts';
import { Vault } from '../../src/database/vault.ts';
import { hashOfKey } from '../../src/tenants/api-key.ts';
import { keysOf, ownerOfKey, revokeKey } from '../../src/tenants/api-key.repository.ts';
import { ensureFirstTenant } from '../../src/tenants/create-tenant.ts';
import { aDatabase } from '../support/database.ts';

const at = await aDatabase();
const database = await openDatabase({ url: at.appUrl, connections: 4, name: 'test' });
afterAll(() => database.close());
const clock = new ProcessClock({ movable: true });
const vault = new Vault(new KeyRing([keyOf(1, newKeyBytes())], 1));
const owner = (key: string): Promise<string | null | undefined> =>
  database.outside(async (tx) => (await ownerOfKey(tx, hashOfKey(key)))?.tenantId);

describe('the first start', () => {
  it('of four processes at once makes one tenant', async () => {
    const key = 'a-key-of-22-characters-or-more';
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => ensureFirstTenant(database, { vault, clock }, key)),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(made.every((one) => one.key === undefined)).toBe(true);
    expect(await owner(key)).toBe(made[0]?.id);
  });

  it('later lets another admin key in, and never one that was revoked', async () => {
    const key = 'another-key-of-the-environment';
    const { id } = await ensureFirstTenant(database, { vault, clock }, key);
    expect(await owner(key)).toBe(id);
    await database.withTenant(id, async (tx) => {
      const keys = await keysOf(tx, { limit: 10 });
      await revokeKey(tx, keys.at(-1)?.id ?? '', clock.now().toISO());
    });
    await ensureFirstTenant(database, { vault, clock }, key);
    expect(await owner(key)).toBeUndefined();
  });
});
