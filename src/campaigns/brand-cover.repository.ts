/**
 * Whether nobody agreed to hear of a brand, or of the house where none is named: of contact `c`, whose standing
 * for marketing is `k`. `asked` is an expression of the brand's id.
 *
 * An agreement covers the brand that its wording names; where there is one brand at most, there is nothing to choose.
 * A later agreement to another brand takes none back, a leaving takes all.
 */
export const brandNotCovered = (asked: string): string => `
  (SELECT count(*) > 1 FROM brand) AND k.wording_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM wording w WHERE w.id = k.wording_id AND w.brand_id IS NOT DISTINCT FROM ${asked})
    AND NOT EXISTS (
      SELECT 1 FROM consent_event e JOIN wording w ON w.id = e.wording_id AND w.brand_id IS NOT DISTINCT FROM ${asked}
       WHERE e.tenant_id = c.tenant_id AND e.contact_id = c.id AND e.purpose = 'marketing' AND e.barred IS NULL
         AND e.kind IN ('granted', 'confirmed', 'reinstated')
         AND NOT EXISTS (
           SELECT 1 FROM consent_event l
            WHERE l.tenant_id = c.tenant_id AND l.contact_id = c.id AND l.purpose IN ('marketing', 'all')
              AND l.kind IN ('withdrawn', 'objected', 'expired') AND l.occurred_at >= e.occurred_at))`;
