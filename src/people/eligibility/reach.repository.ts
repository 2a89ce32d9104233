import { sql, type RawBuilder } from 'kysely';
import { exclusionCase } from './eligibility.repository.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';

/** The terms by which a campaign's reach is computed. */
export interface ReachTerms {
  /** ISO instant of the law clock. */
  readonly at: string;
  /** Purposes whose account is a fake: only a fake sends to people recorded under a moved clock. */
  readonly fakeFor: readonly ConsentPurpose[];
}

/** Returns the reason why no campaign of any brand would write to contact `c` for the purpose of consent `k`; null when one would. */
export const unreached = ({ at, fakeFor }: ReachTerms): RawBuilder<string | null> => sql`
  CASE ${exclusionCase({
    at: sql`${at}::timestamptz`,
    purpose: sql`k.purpose`,
    fake: sql`(k.purpose = ANY(${fakeFor}::text[]))`,
    tenant: sql`c.tenant_id`,
  })} END`;
