import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import type { Vault } from '../database/vault.ts';
import { incomingDigest, openIncoming, sealIncoming } from './inbound-seal.repository.ts';

/** Of one account, at most: what comes beyond is told again until some of them were read or are gone. */
const MOST_OF_ACCOUNT = 1_000;

/** What an operator told and nobody could read. */
export interface UnreadDelivery {
  readonly id: string;
  readonly accountId: string;
  /** As it came. */
  readonly bytes: Buffer;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** A PDU is told again under another number: the rest of it is the same. */
const SEQUENCE_ENDS = 16;

/** Keeps it sealed for a person, unless the account has too many already; the same again is counted. */
export async function keepUnread(
  tx: Transaction,
  vault: Vault,
  told: UnreadDelivery,
): Promise<'kept' | 'full'> {
  const keys = await vault.instanceKeys(tx, 'inbox', told.receivedAt);
  const { id, accountId, bytes, receivedAt } = told;
  const digest = incomingDigest(keys, bytes.subarray(SEQUENCE_ENDS).toString('base64'));
  const sealed = sealIncoming(keys, { table: 'unread_delivery', id }, bytes.toString('base64'));
  const kept = await tx.run(sql`
    INSERT INTO unread_delivery (id, account_id, digest, sealed, received_at)
    SELECT ${id}::uuid, ${accountId}::uuid, ${digest}::bytea, ${sealed}::bytea, ${receivedAt}::timestamptz
     WHERE (SELECT count(*) FROM unread_delivery WHERE account_id = ${accountId}::uuid) < ${MOST_OF_ACCOUNT}
        OR EXISTS (SELECT FROM unread_delivery WHERE account_id = ${accountId}::uuid AND digest = ${digest}::bytea)
    ON CONFLICT (account_id, digest) DO UPDATE SET times = unread_delivery.times + 1`);
  return kept > 0 ? 'kept' : 'full';
}

/** What is shown of one of them. */
export interface ShownUnread extends Omit<UnreadDelivery, 'accountId'> {
  readonly accountName: string;
  readonly times: number;
}

/** All that nobody could read and is still kept, the latest first; `at` is an ISO instant of the machine clock. */
export async function readUnread(tx: Transaction, vault: Vault, at: string): Promise<readonly ShownUnread[]> {
  const keys = await vault.instanceKeys(tx, 'inbox', at);
  const rows = await tx.rows(sql<Omit<ShownUnread, 'bytes'> & { readonly sealed: Buffer }>`
    SELECT u.id, g.name AS "accountName", u.sealed, iso(u.received_at) AS "receivedAt", u.times
      FROM unread_delivery u JOIN gateway_account g ON g.id = u.account_id ORDER BY u.received_at DESC LIMIT 1000`);
  return rows.map(({ id, accountName, sealed, receivedAt, times }) => {
    const opened = String(openIncoming(keys, { table: 'unread_delivery', id }, sealed));
    return { id, accountName, receivedAt, times, bytes: Buffer.from(opened, 'base64') };
  });
}
