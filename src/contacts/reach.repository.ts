import { sql, type RawBuilder } from 'kysely';
import { LIVES_MONTHS } from '../law/recipient/living-number.ts';
import { CONTACT_KEPT } from '../law/retention/contact.ts';
import type { ConsentPurpose } from './purpose.ts';
import { clockColumn } from './contact-place.ts';

/** By what it is told whom a campaign would write to. */
export interface ReachTerms {
  /** ISO instant of the law clock. */
  readonly at: string;
  /** Purposes whose account is a fake: only there people recorded under a moved clock are written to. */
  readonly fakeFor: readonly ConsentPurpose[];
}

/**
 * Why a campaign of some brand would not write to contact `c` for the purpose of consent `k`; null when it would.
 *
 * The same checks in the same order as the freeze, over rows of any purpose.
 */
export const unreached = ({ at, fakeFor }: ReachTerms): RawBuilder<string | null> => sql<string | null>`
  CASE WHEN c.retired_at IS NOT NULL THEN 'NUMBER_RETIRED'
       WHEN c.number_state IS NOT NULL THEN c.number_state
       WHEN c.line_type <> 'mobile' THEN 'NUMBER_NOT_MOBILE'
       WHEN c.simulated AND k.purpose <> ALL(${fakeFor}::text[]) THEN 'SIMULATED'
       WHEN k.purpose = 'marketing' AND c.adult_on > (${at}::timestamptz AT TIME ZONE ${sql.raw(clockColumn('c.time_zone'))})::date THEN 'MINOR'
       WHEN NOT k.sendable THEN coalesce(k.why, 'NO_BASIS')
       WHEN k.until <= ${at}::timestamptz
            OR k.purpose = 'marketing' AND greatest(c.last_interaction_at, k.since) < ${at}::timestamptz - ${CONTACT_KEPT}::interval THEN 'CONSENT_EXPIRED'
       WHEN k.purpose = 'marketing' AND k.basis = 'legitimate_interest'
            AND (SELECT y.settings #>> '{bases,marketing}' FROM tenant y WHERE y.id = k.tenant_id) IS DISTINCT FROM k.basis THEN 'BASIS_NOT_ALLOWED'
       WHEN k.purpose = 'marketing' AND c.last_interaction_at IS NOT NULL
            AND greatest(c.last_interaction_at, k.since) < ${at}::timestamptz - make_interval(months => ${LIVES_MONTHS}::int) THEN 'NUMBER_RETIRED'
       WHEN EXISTS (SELECT FROM suppression s WHERE s.tenant_id = c.tenant_id AND s.phone_index = c.phone_index AND s.scope = 'all' AND s.lifted_at IS NULL)
            OR EXISTS (SELECT FROM suppression s WHERE s.tenant_id = c.tenant_id AND s.phone_index = c.phone_index AND s.scope = k.purpose AND s.lifted_at IS NULL) THEN 'SUPPRESSED'
       WHEN c.place_from = 'unknown' THEN 'PLACE_UNKNOWN' END`;
