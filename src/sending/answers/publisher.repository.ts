import { col, rowsOf, type TenantKeys, type Transaction } from '../../platform/index.ts';
import { practiceById } from '../../company/index.ts';
import type { PublisherNames } from './answer-text.ts';

/** The publisher with the further data of an answer. */
export interface AnsweringPublisher extends PublisherNames {
  readonly sender: string | undefined;
  readonly timeZone: string;
}

/** Reads the publisher of the transaction's tenant, named as in the batch answered. */
export async function readPublisher(
  tx: Transaction,
  keys: TenantKeys,
  batchId: string | undefined,
): Promise<AnsweringPublisher> {
  const row = await tx.first(publisherRows.sql`
    SELECT t.name, t.legal_name, t.contact, t.locale, t.sender, t.time_zone, r.name AS brand, s.practice_id
      FROM tenant t
      LEFT JOIN batch b ON b.id = ${batchId ?? null}::uuid
      LEFT JOIN campaign p ON p.id = b.campaign_id
      LEFT JOIN reminder_series s ON s.id = b.series_id
      LEFT JOIN LATERAL (SELECT name FROM brand WHERE id = p.brand_id OR p.brand_id IS NULL ORDER BY (id = p.brand_id) DESC, id LIMIT 1) r ON true
     WHERE t.id = ${tx.tenantId}::uuid`);
  if (row === undefined) throw new TenantGone(tx.tenantId);
  const practice = row.practice_id === null ? undefined : await practiceById(tx, keys, row.practice_id);
  return {
    brand: row.brand ?? row.name,
    practice: practice?.displayName,
    legalName: row.legal_name,
    contact: row.contact.phone ?? row.contact.email ?? row.contact.url ?? row.contact.address ?? '',
    locale: row.locale,
    sender: row.sender ?? undefined,
    timeZone: row.time_zone,
  };
}

const publisherRows = rowsOf('tenant', ['name', 'locale', 'sender']).with({
  legal_name: col.of('tenant', 'legalName'),
  contact: col
    .of('tenant', 'contact')
    .as<{ phone?: string; email?: string; url?: string; address?: string }>(),
  time_zone: col.of('tenant', 'timeZone'),
  brand: col.text().orNull(),
  practice_id: col.of('reminder_series', 'practiceId'),
});

/** Thrown in a transaction of a tenant that does not exist. */
class TenantGone extends Error {
  override readonly name = 'TenantGone';
}
