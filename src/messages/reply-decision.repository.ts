import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** A reply as it waits for a person. */
export interface WaitingReply {
  readonly id: string;
  readonly unclear: boolean;
  readonly receivedAt: string;
  readonly sealed: Buffer;
  readonly decision: string | null;
  /** What the message that it answers was for; null when that is not known. */
  readonly purpose: string | null;
}

/** Locks a reply for its decision. */
export const lockReply = (tx: Transaction, id: string): Promise<WaitingReply | undefined> =>
  tx.first(sql<WaitingReply>`
    SELECT r.inbound_id AS id, r.unclear, iso(r.received_at) AS "receivedAt", r.sealed, r.decision,
           (SELECT b.purpose FROM batch b WHERE b.id = r.batch_id) AS purpose
      FROM reply r WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${id}::uuid FOR UPDATE OF r`);

/** Notes what a person decided, once. */
export const keepDecisionOnReply = (
  tx: Transaction,
  id: string,
  decided: { readonly decision: string; readonly at: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE reply SET decision = ${decided.decision}, decided_at = ${decided.at}::timestamptz
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ${id}::uuid AND decided_at IS NULL`);
