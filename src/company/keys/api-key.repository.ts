import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  idRows,
  instant,
  query,
  type Clock,
  type Page,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';

const keyOwnerRows = computedRows({
  keyId: col.text(),
  tenantId: col.text().orNull(),
  role: col.text(),
  source: col.text(),
  name: col.text(),
  /** The sector of its tenant. */
  sector: col.text().orNull(),
  /** The sites of its tenant. */
  domains: col.list<string>().orNull(),
  territory: col.text().orNull(),
  /** IANA name. */
  timeZone: col.text().orNull(),
  locale: col.text().orNull(),
});

/** A valid key with its tenant, which is found before any tenant is known. */
export type KeyOwner = RowOf<typeof keyOwnerRows>;

const keys = query
  .selectFrom('api_key')
  .select(['id', 'role', 'name', 'source', 'createdAt', 'revokedAt', 'expiresAt', 'lastUsedAt', 'madeBy']);

/** Finds the owner of the key with a SHA-256, unless the key was revoked or has expired. */
export async function ownerOfKey(tx: Transaction, hash: Buffer): Promise<KeyOwner | undefined> {
  return tx.first(keyOwnerRows.sql`
    SELECT key_id AS "keyId", tenant_id AS "tenantId", role, source, name, sector, domains, territory,
           time_zone AS "timeZone", locale FROM tenant_of_key(${hash})`);
}

const hashRows = computedRows({ hash: col.bytes() });

/** Returns those of some hashes that belong to valid keys. */
export async function validHashes(tx: Transaction, hashes: readonly Buffer[]): Promise<Buffer[]> {
  const rows = await tx.rows(hashRows.sql`
    SELECT k.hash FROM unnest(${hashes}::bytea[]) AS k(hash) CROSS JOIN LATERAL tenant_of_key(k.hash)`);
  return rows.map(({ hash }) => hash);
}

/** Stores a key and returns its id; undefined when a key with this hash exists already, even a revoked one. */
export async function addApiKey(
  tx: Transaction,
  clock: Clock,
  key: {
    readonly hash: Buffer;
    readonly role: string;
    readonly name: string;
    readonly source: string;
    /** ISO instant; a key without one is valid until it is revoked. */
    readonly expiresAt?: string | undefined;
    /** Id of the API key by which it was made. */
    readonly madeBy?: string | undefined;
  },
): Promise<string | undefined> {
  const id = uuidV7(clock.machine());
  const added = await tx.run(sql`
    INSERT INTO api_key (id, tenant_id, hash, role, name, source, created_at, expires_at, made_by)
    VALUES (${id}, ${tx.tenantId}, ${key.hash}, ${key.role}, ${key.name}, ${key.source}, ${instant(clock.machine()).toISO()},
            ${key.expiresAt ?? null}::timestamptz, ${key.madeBy ?? null}::uuid)
    ON CONFLICT (hash) DO NOTHING`);
  return added === 1 ? id : undefined;
}

/** Reads the tenant's keys in order of creation, revoked ones included. */
export async function keysOf(tx: Transaction, { limit, after = BEFORE_ALL }: Page) {
  return tx.rows(keys.where('id', '>', after).orderBy('id').limit(limit));
}

/** Revokes a key at once; false when the tenant has no such key. */
export async function revokeKey(tx: Transaction, id: string, at: string): Promise<boolean> {
  const touched = await tx.run(sql`
    UPDATE api_key SET revoked_at = coalesce(revoked_at, ${at}::timestamptz) WHERE id = ${id}::uuid`);
  return touched === 1;
}

/** Revokes all sign-ins of the person to whom the key with a hash belongs; returns the ids of these keys. */
export async function endSignIns(tx: Transaction, hash: Buffer, at: string): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    UPDATE api_key SET revoked_at = ${at}::timestamptz
     WHERE expires_at IS NOT NULL AND made_by IS NULL AND revoked_at IS NULL
       AND name = (SELECT k.name FROM api_key k
                    WHERE k.hash = ${hash} AND k.expires_at IS NOT NULL AND k.made_by IS NULL)
    RETURNING id`);
  return rows.map(({ id }) => id);
}

/** Ends the sessions that were opened by a key until an ISO instant. */
export async function endSessionsOf(tx: Transaction, hash: Buffer, at: string): Promise<void> {
  await tx.run(sql`
    UPDATE api_key SET sessions_ended_at = greatest(sessions_ended_at, ${at}::timestamptz) WHERE hash = ${hash}`);
}

/** Says whether the sessions of a key were ended at an ISO instant or later. */
export async function hasLeftSince(tx: Transaction, id: string, openedAt: string): Promise<boolean> {
  const own = query.selectFrom('api_key').select('id').where('id', '=', id);
  return (await tx.first(own.where('sessionsEndedAt', '>=', openedAt))) !== undefined;
}

/** Stores when a key was last used. */
export async function noteKeyUse(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(sql`
    UPDATE api_key SET last_used_at = ${at}
     WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < ${at}::timestamptz)`);
}

/** Makes a new key from 256 random bits. */
export const newApiKey = (): string => apiKeyOf(randomBytes(32));

/** Encodes secret bytes as a key, with a readable prefix. */
export const apiKeyOf = (bytes: Buffer): string => `bh_${bytes.toString('base64url')}`;

/** Hashes a key for storage; keys are random, so no salt is needed. */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
