import { col, computedRows, type RowOf, type Transaction } from '../../platform/index.ts';

const remindedRows = computedRows({
  sender: col.text(),
  /** The appointment it was about; null for anything else. */
  seriesId: col.text().orNull(),
  /** True when its last message has the current revision. */
  current: col.flag(),
  /** True when the appointment is still to come. */
  ahead: col.flag(),
  /** True when a message about it asked for an answer. */
  asked: col.flag(),
  /** True when one with the current date did. */
  askedNow: col.flag(),
});

/** A message that a person may have read, one row a batch; the latest first. */
export type Reminded = RowOf<typeof remindedRows>;

const MOST = 50;

/** Reads the reminders that the tenant sent to a number through an account and that may have been read. */
export const remindedOf = (
  tx: Transaction,
  about: { readonly accountId: string; readonly phoneIndex: Buffer; readonly at: string },
): Promise<Reminded[]> =>
  tx.rows(remindedRows.sql`
    SELECT coalesce(p.sender, s.sender, '') AS sender, CASE WHEN s.kind = 'appointment' THEN s.id END AS "seriesId",
           coalesce(max(m.seq / 1000) = s.revision, false) AS current,
           coalesce(s.kind = 'appointment' AND s.event_at > ${about.at}::timestamptz AND s.state NOT IN ('cancelled', 'superseded'), false) AS ahead,
           coalesce(bool_or(t.asks), false) AS asked, coalesce(bool_or(t.asks AND m.seq / 1000 = s.revision), false) AS "askedNow"
      FROM contact c
      JOIN message m ON m.tenant_id = c.tenant_id AND m.contact_id = c.id
       AND m.state IN ('submitting', 'accepted', 'delivered', 'undelivered', 'uncertain')
      JOIN batch b ON b.id = m.batch_id AND (b.account_id = ${about.accountId} OR ${about.accountId} = ANY (b.former)) AND b.kind IN ('campaign', 'series')
      LEFT JOIN message_text t ON t.batch_id = m.batch_id AND t.seq = m.seq
      LEFT JOIN campaign p ON p.id = b.campaign_id
      LEFT JOIN reminder_series s ON s.id = b.series_id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${about.phoneIndex}
     GROUP BY b.id, p.id, s.id
     ORDER BY max(m.accepted_at) DESC NULLS LAST LIMIT ${MOST}`);

const actRows = computedRows({ act: col.flag() });

/** Says whether the tenant lets replies act on appointments. */
export async function repliesAct(tx: Transaction): Promise<boolean> {
  const row = await tx.first(actRows.sql`
    SELECT coalesce((settings ->> 'appointmentReplies')::boolean, true) AS act FROM tenant WHERE id = ${tx.tenantId}::uuid`);
  return row?.act ?? false;
}
