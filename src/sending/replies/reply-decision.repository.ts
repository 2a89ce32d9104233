import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const waitingReplyRows = rowsOf('reply', ['unclear', 'receivedAt', 'sealed', 'decision', 'decidedAt']).with({
  id: col.of('reply', 'inboundId'),
  /** Instants of the records of revoked decisions. */
  takenBack: col.list<string>(),
  /** The purpose of the message that it answers; null when unknown. */
  purpose: col.text().orNull(),
});

/** A reply that waits for a person. */
export type WaitingReply = RowOf<typeof waitingReplyRows>;

/** Locks a reply for its decision. */
export const lockReply = (tx: Transaction, id: string): Promise<WaitingReply | undefined> =>
  tx.first(waitingReplyRows.sql`
    SELECT r.inbound_id AS id, r.unclear, iso(r.received_at) AS "receivedAt", r.sealed, r.decision, iso(r.decided_at) AS "decidedAt",
           ARRAY(SELECT iso(t.at) FROM unnest(r.taken_back) AS t(at)) AS "takenBack",
           (SELECT b.purpose FROM batch b WHERE b.id = r.batch_id) AS purpose
      FROM reply r WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${id}::uuid FOR UPDATE OF r`);

/** Stores a person's decision, once. */
export const keepDecisionOnReply = (
  tx: Transaction,
  id: string,
  decided: { readonly decision: string; readonly at: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE reply SET decision = ${decided.decision}, decided_at = ${decided.at}::timestamptz
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ${id}::uuid AND decided_at IS NULL`);

/** Lets a reply wait again; `recorded` is the instant of the record of the decision, or of its withdrawal. */
export const takeDecisionBack = (tx: Transaction, id: string, recorded: string): Promise<number> =>
  tx.run(sql`
    UPDATE reply SET decision = NULL, decided_at = NULL, taken_back = taken_back || ${recorded}::timestamptz
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ${id}::uuid AND decided_at IS NOT NULL`);
