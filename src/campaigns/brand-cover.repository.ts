import { sql, type RawBuilder } from 'kysely';

/**
 * Whether nobody agreed to hear of a brand: of contact `c`, whose standing for marketing is `k`.
 *
 * An agreement covers the brand that its wording names; one that names none covers the only brand of its tenant.
 * A later agreement to another brand takes none back, a leaving takes all.
 */
export const brandNotCovered = (brandId: string | null): RawBuilder<unknown> =>
  brandId === null
    ? sql`false`
    : sql`k.wording_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM wording w WHERE w.id = k.wording_id AND ${names(brandId)})
        AND NOT EXISTS (
          SELECT 1 FROM consent_event e JOIN wording w ON w.id = e.wording_id AND ${names(brandId)}
           WHERE e.tenant_id = c.tenant_id AND e.contact_id = c.id AND e.purpose = 'marketing' AND e.barred IS NULL
             AND e.kind IN ('granted', 'confirmed', 'reinstated')
             AND NOT EXISTS (
               SELECT 1 FROM consent_event l
                WHERE l.tenant_id = c.tenant_id AND l.contact_id = c.id AND l.purpose IN ('marketing', 'all')
                  AND l.kind IN ('withdrawn', 'objected', 'expired') AND l.occurred_at >= e.occurred_at))`;

const names = (brandId: string): RawBuilder<unknown> =>
  sql`(w.brand_id = ${brandId}::uuid OR w.brand_id IS NULL AND (SELECT count(*) < 2 FROM brand))`;
