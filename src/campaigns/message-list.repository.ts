import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import type { MessageKey } from '../messages/message-id.ts';

/** A message of a campaign as stored. */
export interface ListedRow extends MessageKey {
  readonly state: string;
  readonly reason: string | null;
  readonly contactId: string | null;
  readonly territory: string;
  readonly acceptedAt: string | null;
  /** Null once erased. */
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
}

/** Which messages, from where on. */
export interface MessagePage {
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly after?: MessageKey | undefined;
  readonly limit: number;
}

/** A page of a campaign's messages, in order of their keys. */
export async function readMessages(
  tx: Transaction,
  campaignId: string,
  page: MessagePage,
): Promise<ListedRow[]> {
  const { after, state, reason } = page;
  const from =
    after === undefined ? sql`true` : sql`(m.batch_id, m.seq) > (${after.batchId}::uuid, ${after.seq}::int)`;
  const inState = state === undefined ? sql`true` : sql`m.state = ${state}::message_state`;
  const forReason = reason === undefined ? sql`true` : sql`m.reason = ${reason}`;
  return tx.rows(sql<ListedRow>`
    SELECT m.batch_id AS "batchId", m.seq, m.state::text AS state, m.reason, m.contact_id AS "contactId",
           coalesce(c.territory, b.territory) AS territory, iso(m.accepted_at) AS "acceptedAt", c.sealed, y.wrapped
      FROM batch b JOIN message m ON m.batch_id = b.id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE b.campaign_id = ${campaignId}::uuid AND ${from} AND ${inState} AND ${forReason}
     ORDER BY m.batch_id, m.seq LIMIT ${page.limit}`);
}
