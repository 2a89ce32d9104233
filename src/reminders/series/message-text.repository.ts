import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** The final text of a message to be sent, encrypted under the person's key. */
export interface KeptText {
  readonly batchId: string;
  readonly seq: number;
  readonly contactId: string;
  readonly sealed: Buffer;
  /** True when it asks whether the person comes. */
  readonly asks: boolean;
  /** ISO instant of its removal. */
  readonly removeAt: string;
}

/** Stores the text of a message that was not marked yet; a sent one is never rewritten. */
export async function keepMessageText(tx: Transaction, text: KeptText): Promise<void> {
  await tx.run(sql`
    INSERT INTO message_text AS k (batch_id, seq, tenant_id, contact_id, sealed, asks, remove_at)
    SELECT m.batch_id, m.seq, m.tenant_id, ${text.contactId}::uuid, ${text.sealed}, ${text.asks}, ${text.removeAt}::timestamptz
      FROM message m WHERE m.batch_id = ${text.batchId}::uuid AND m.seq = ${text.seq} AND m.state = 'ready'
    ON CONFLICT (batch_id, seq) DO UPDATE SET sealed = excluded.sealed, asks = excluded.asks, contact_id = excluded.contact_id, remove_at = excluded.remove_at`);
}

/** The place of a message's sealed text. */
export const messageTextPlace = (
  batchId: string,
  seq: number,
): { table: string; column: string; row: string } => ({
  table: 'message_text',
  column: 'sealed',
  row: `${batchId}_${seq}`,
});
