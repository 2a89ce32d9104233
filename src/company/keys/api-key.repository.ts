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
  /** The trade of its tenant. */
  sector: col.text().orNull(),
  /** Its sites. */
  domains: col.list<string>().orNull(),
  territory: col.text().orNull(),
  /** IANA name. */
  timeZone: col.text().orNull(),
  locale: col.text().orNull(),
});

/** The owner of a key, found before any tenant is known. */
export type KeyOwner = RowOf<typeof keyOwnerRows>;

const keys = query
  .selectFrom('api_key')
  .select(['id', 'role', 'name', 'source', 'createdAt', 'revokedAt', 'expiresAt', 'lastUsedAt', 'madeBy']);

/** Returns the owner of the key with this SHA-256, unless the key was revoked or has ended. */
export async function ownerOfKey(tx: Transaction, hash: Buffer): Promise<KeyOwner | undefined> {
  return tx.first(keyOwnerRows.sql`
    SELECT key_id AS "keyId", tenant_id AS "tenantId", role, source, name, sector, domains, territory,
           time_zone AS "timeZone", locale FROM tenant_of_key(${hash})`);
}

const hashRows = computedRows({ hash: col.bytes() });

/** Returns the hashes of valid keys among these. */
export async function validHashes(tx: Transaction, hashes: readonly Buffer[]): Promise<Buffer[]> {
  const rows = await tx.rows(hashRows.sql`
    SELECT k.hash FROM unnest(${hashes}::bytea[]) AS k(hash) CROSS JOIN LATERAL tenant_of_key(k.hash)`);
  return rows.map(({ hash }) => hash);
}

/** Stores a key and returns its id; undefined when its hash is already known, revoked or not. */
export async function addApiKey(
  tx: Transaction,
  clock: Clock,
  key: {
    readonly hash: Buffer;
    readonly role: string;
    readonly name: string;
    readonly source: string;
    /** Absent: valid until it is revoked. */
    readonly expiresAt?: string | undefined;
    /** Id of the API key that ordered it. */
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

/** Ends a key at once; false when the tenant has no such key. */
export async function revokeKey(tx: Transaction, id: string, at: string): Promise<boolean> {
  const touched = await tx.run(sql`
    UPDATE api_key SET revoked_at = coalesce(revoked_at, ${at}::timestamptz) WHERE id = ${id}::uuid`);
  return touched === 1;
}

/** Ends every session signed in by the key of that hash; returns the ids of their keys. */
export async function endSignIns(tx: Transaction, hash: Buffer, at: string): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    UPDATE api_key SET revoked_at = ${at}::timestamptz
     WHERE expires_at IS NOT NULL AND made_by IS NULL AND revoked_at IS NULL
       AND name = (SELECT k.name FROM api_key k
                    WHERE k.hash = ${hash} AND k.expires_at IS NOT NULL AND k.made_by IS NULL)
    RETURNING id`);
  return rows.map(({ id }) => id);
}

/** Ends every session that was opened by a key until now. */
export async function endSessionsOf(tx: Transaction, hash: Buffer, at: string): Promise<void> {
  await tx.run(sql`
    UPDATE api_key SET sessions_ended_at = greatest(sessions_ended_at, ${at}::timestamptz) WHERE hash = ${hash}`);
}

/** Says whether somebody who had signed in by that key signed out at that instant or later. */
export async function hasLeftSince(tx: Transaction, id: string, openedAt: string): Promise<boolean> {
  const own = query.selectFrom('api_key').select('id').where('id', '=', id);
  return (await tx.first(own.where('sessionsEndedAt', '>=', openedAt))) !== undefined;
}

/** Notes that a key was used, to the minute. */
export async function noteKeyUse(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(sql`
    UPDATE api_key SET last_used_at = ${at}
     WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < ${at}::timestamptz)`);
}

/** Makes a new key, shown once: a readable prefix and 256 random bits. */
export const newApiKey = (): string => apiKeyOf(randomBytes(32));

/** Encodes secret bytes as a key. */
export const apiKeyOf = (bytes: Buffer): string => `bh_${bytes.toString('base64url')}`;

/** Hashes a key for storage; keys are random, so no salt is needed. */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
