import { sql } from 'kysely';
import { query, type Transaction } from '../../platform/index.ts';

const answers = query.selectFrom('idempotency_key').select(['bodyDigest', 'status', 'answer']);

/** Rows removed at each new key, so that nothing piles up between two rounds of housekeeping. */
const FORGOTTEN_AT_ONCE = 50;

/**
 * Takes a key for the request of this transaction; false when it was taken before. Waits for a request that holds
 * it, up to `waitMs`: then PostgreSQL raises `lock_not_available`.
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

/** Removes keys older than `before`: this one, and some others; unanswered ones sooner, when asked. */
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

/** Releases a key: its request came to nothing. */
export async function dropIdempotencyKey(tx: Transaction, keyDigest: Buffer): Promise<void> {
  const ofKey = query.deleteFrom('idempotency_key').where('keyDigest', '=', keyDigest);
  await tx.run(ofKey.where('status', 'is', null));
}

/** Removes keys older than an instant of the machine clock, whoever used them; returns their number. */
export async function forgetKeysBefore(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM idempotency_key WHERE key_digest IN (
      SELECT key_digest FROM idempotency_key WHERE created_at < ${before}::timestamptz
       ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`);
}
