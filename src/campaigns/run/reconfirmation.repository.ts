import { col, computedRows, idRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const askedAgainRows = rowsOf('campaign', ['sealed', 'brandId'])
  .and('tenant', ['locale'])
  .with({
    contactId: col.of('contact', 'id'),
    campaignId: col.of('campaign', 'id'),
    /** The sender's name in the question. */
    brand: col.text(),
  });

/** The question that a message asked. */
export type AskedAgain = RowOf<typeof askedAgainRows>;

/** Reads the question of a message, when it had one and its recipient still holds that number. */
export const askedAgain = (
  tx: Transaction,
  about: { readonly batchId: string; readonly seq: number; readonly phoneIndex: Buffer },
): Promise<AskedAgain | undefined> =>
  tx.first(askedAgainRows.sql`
    SELECT c.id AS "contactId", p.id AS "campaignId", p.sealed, p.brand_id AS "brandId", coalesce(r.name, t.name) AS brand, t.locale
      FROM message m JOIN batch b ON b.id = m.batch_id JOIN campaign p ON p.id = b.campaign_id JOIN tenant t ON t.id = p.tenant_id
      JOIN contact c ON c.id = m.contact_id AND c.phone_index = ${about.phoneIndex} AND c.retired_at IS NULL
      LEFT JOIN brand r ON r.id = p.brand_id
     WHERE m.batch_id = ${about.batchId}::uuid AND m.seq = ${about.seq} AND p.audience ? 'reconfirm'`);

const reconfirmedRows = computedRows({
  asked: col.number(),
  /** People who agreed since, by whatever way, and may be written to. */
  confirmed: col.number(),
  /** People who opted out since, or asked to be erased. */
  left: col.number(),
  silent: col.number(),
});

/** The results of a reconfirmation. */
export type Reconfirmed = RowOf<typeof reconfirmedRows>;

/** Counts the answers to a campaign's reconfirmation; undefined when it asked none. */
export async function countReconfirmed(
  tx: Transaction,
  campaignId: string,
): Promise<Reconfirmed | undefined> {
  const asks = await tx.first(
    idRows.sql`SELECT id FROM campaign WHERE id = ${campaignId}::uuid AND audience ? 'reconfirm'`,
  );
  if (asks === undefined) return undefined;
  return tx.first(reconfirmedRows.sql`
    WITH asked AS (
      SELECT m.contact_id,
             EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = m.contact_id AND k.purpose = 'marketing' AND k.sendable
                        AND k.basis = 'consent' AND k.since >= m.accepted_at) AS confirmed,
             m.contact_id IS NULL OR EXISTS (
               SELECT 1 FROM consent_event e WHERE e.tenant_id = m.tenant_id AND e.contact_id = m.contact_id
                  AND e.kind IN ('withdrawn', 'objected') AND e.purpose IN ('marketing', 'all') AND e.occurred_at >= m.accepted_at) AS gone
        FROM batch b JOIN message m ON m.batch_id = b.id
       WHERE b.campaign_id = ${campaignId}::uuid AND m.state IN ('accepted', 'delivered', 'undelivered'))
    SELECT count(*)::int AS asked, count(*) FILTER (WHERE confirmed)::int AS confirmed,
           count(*) FILTER (WHERE gone AND NOT confirmed)::int AS left,
           count(*) FILTER (WHERE NOT gone AND NOT confirmed)::int AS silent FROM asked`);
}
