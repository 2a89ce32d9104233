import { sql } from 'kysely';
import { query, type Transaction } from '../../platform/index.ts';

const answers = query.selectFrom('idempotency_key').select(['bodyDigest', 'status', 'answer']);

/** Old rows that are removed with each new key, so that few are left to housekeeping. */
const FORGOTTEN_AT_ONCE = 50;

/**
 * Takes a key for the request of this transaction; false when it was taken before. It waits for a request that is using
 * the key, for `waitMs` at most, after which PostgreSQL raises `lock_not_available`.
 */
export async function takeIdempotencyKey(
  tx: Transaction,
  row: { readonly keyDigest: Buffer; readonly bodyDigest: Buffer; readonly at: string },
  waitMs: number,
): Promise<boolean> {
  await tx.run(sql`SELECT set_config('lock_timeout', ${`${waitMs}ms`}, true)`);
  const taken = await tx.run(sql`
    INSERT INTO idempotency_key (tenant_id, key_digest, body_digest, created_at)
    VALUES (${tx.tenantId}, ${row.keyDigest}, ${row.bodyDigest}, ${row.at}) ON CONFLICT DO NOTHING`);
  await tx.run(sql`SELECT set_config('lock_timeout', '0', true)`);
  return taken === 1;
}

/** Reads the stored answer of a key. */
export async function keptAnswer(tx: Transaction, keyDigest: Buffer) {
  return tx.first(answers.where('keyDigest', '=', keyDigest));
}

/** Stores the answer of the request that took the key. */
export async function keepAnswer(
  tx: Transaction,
  row: {
    readonly keyDigest: Buffer;
    readonly bodyDigest: Buffer;
    readonly status: number;
    readonly answer: Buffer;
  },
): Promise<void> {
  const { keyDigest, bodyDigest, status, answer } = row;
  const ofKey = query.updateTable('idempotency_key').where('keyDigest', '=', keyDigest);
  await tx.run(ofKey.set({ bodyDigest, status, answer }));
}

/**
 * Removes a key and some others if they are older than `before` (ISO instant); this one earlier, from
 * `unfinishedBefore` on, when it has no answer.
 */
export async function forgetOldKeys(
  tx: Transaction,
  keyDigest: Buffer,
  { before, unfinishedBefore = before }: { readonly before: string; readonly unfinishedBefore?: string },
): Promise<void> {
  await tx.run(sql`
    DELETE FROM idempotency_key WHERE key_digest = ${keyDigest}
       AND created_at < CASE WHEN status IS NULL THEN ${unfinishedBefore}::timestamptz ELSE ${before}::timestamptz END`);
  await tx.run(sql`
    DELETE FROM idempotency_key WHERE key_digest IN (
      SELECT key_digest FROM idempotency_key WHERE created_at < ${before}::timestamptz
       ORDER BY created_at LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`);
}

/** Releases a key whose request was not carried out. */
export async function dropIdempotencyKey(tx: Transaction, keyDigest: Buffer): Promise<void> {
  const ofKey = query.deleteFrom('idempotency_key').where('keyDigest', '=', keyDigest);
  await tx.run(ofKey.where('status', 'is', null));
}

/** Removes keys from before an ISO instant of the machine clock, 1,000 at most; returns their number. */
export async function forgetKeysBefore(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM idempotency_key WHERE key_digest IN (
      SELECT key_digest FROM idempotency_key WHERE created_at < ${before}::timestamptz
       ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`);
}
