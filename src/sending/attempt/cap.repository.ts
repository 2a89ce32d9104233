import type { Statement } from '../../platform/index.ts';
import { clockColumn } from '../../people/index.ts';

/** The maximum frequency of advertising to one person. */
export interface Cap {
  /** On one calendar day in the person's zone. */
  readonly perDay?: number | null | undefined;
  /** In thirty days. */
  readonly perMonth?: number | null | undefined;
}

/** Locks the cap, so that two campaigns of a tenant do not both take somebody's last place. */
export const capLock = (tenantId: string): Statement => ({
  name: 'mark_cap',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('cap|marketing|' || $1::text, 0))`,
  values: [tenantId],
});

/**
 * True when contact `c` has reached the cap: $26 a day and $27 in thirty, by the law's now, $12, of tenant $9. A
 * failed message does not count; one that may be on its way does.
 */
export const OVER_CAP = `
       WHEN $29::int IS NOT NULL AND ${received(`date_trunc('day', $12::timestamptz, ${clockColumn('c.time_zone')})`)} >= $29::int
         OR $30::int IS NOT NULL AND ${received(`$12::timestamptz - interval '30 days'`)} >= $30::int THEN 'FREQUENCY_CAP'`;

function received(since: string): string {
  return `(SELECT count(*) FROM message f JOIN batch fb ON fb.id = f.batch_id
            WHERE f.tenant_id = $9::uuid AND f.contact_id = c.id AND fb.kind IN ('campaign', 'test') AND fb.purpose = 'marketing'
              AND (f.accepted_at >= ${since} OR f.state IN ('submitting', 'uncertain')))`;
}
