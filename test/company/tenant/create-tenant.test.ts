import { describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../src/platform/clock.ts';
import { keyOf, newKeyBytes } from '../../../src/crypto/cipher.ts';
import { openDatabase } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import {
  hashOfKey,
  addApiKey,
  keysOf,
  ownerOfKey,
  revokeKey,
} from '../../../src/company/keys/api-key.repository.ts';
import { ensureFirstTenant } from '../../../src/company/tenant/tenant.repository.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';

const at = await aDatabase();
const database = await anOpenDatabase({ url: at.appUrl, connections: 4, name: 'test' });
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

  it('never makes a key that is easily guessed', async () => {
    const empty = await aDatabase();
    const nothing = await openDatabase({ url: empty.appUrl, connections: 1, name: 'test' });
    for (const base of [nothing, database])
      await expect(ensureFirstTenant(base, { vault, clock }, 'Bonheure-Admin-Key-2026')).rejects.toThrow(
        /^BONHEURE_ADMIN_KEY is a key that somebody would guess/,
      );
    expect(await owner('Bonheure-Admin-Key-2026')).toBeUndefined();
    const made = await ensureFirstTenant(nothing, { vault, clock }, 'a-key-of-22-characters-or-more');
    expect(made).toMatchObject({ created: true, opensToGuessers: false });
    await nothing.close();
  });

  it('keeps a guessable key, and warns until revocation', async () => {
    const key = 'azertyuiopqsdfghjklmwxcvbn';
    const { id } = await ensureFirstTenant(database, { vault, clock }, 'a-key-of-22-characters-or-more');
    const row = { hash: hashOfKey(key), role: 'admin', name: 'of an earlier version', source: 'default' };
    const keyId = await database.withTenant(id, (tx) => addApiKey(tx, clock, row));
    const again = () => ensureFirstTenant(database, { vault, clock }, key);
    expect(await again()).toMatchObject({ id, created: false, opensToGuessers: true });
    await database.withTenant(id, (tx) => revokeKey(tx, keyId ?? '', clock.now().toISO()));
    expect(await again()).toMatchObject({ id, created: false, opensToGuessers: false });
  });

  it('admits another admin key, unless revoked', async () => {
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
