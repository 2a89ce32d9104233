import { sql, type RawBuilder } from 'kysely';
import { barring } from './eligibility.repository.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';

/** By what it is told whom a campaign would write to. */
export interface ReachTerms {
  /** ISO instant of the law clock. */
  readonly at: string;
  /** Purposes whose account is a fake: only there people recorded under a moved clock are written to. */
  readonly fakeFor: readonly ConsentPurpose[];
}

/** Why a campaign of some brand would not write to contact `c` for the purpose of consent `k`; null when it would. */
export const unreached = ({ at, fakeFor }: ReachTerms): RawBuilder<string | null> => sql`
  CASE ${barring({
    at: sql`${at}::timestamptz`,
    purpose: sql`k.purpose`,
    fake: sql`(k.purpose = ANY(${fakeFor}::text[]))`,
    tenant: sql`c.tenant_id`,
  })} END`;
