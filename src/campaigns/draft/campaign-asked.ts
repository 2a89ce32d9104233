import type { Territory } from '../../law/index.ts';
import type { OptOutMeans } from '../../sms/index.ts';
import type { Audience, Exclusion } from '../audience/audience.ts';

/** What a campaign is asked with. */
export interface CampaignAsked {
  readonly name: string;
  readonly purpose: 'marketing' | 'appointment' | 'renewal' | 'payment';
  readonly text: string;
  readonly audience: Audience;
  /** People to leave out. */
  readonly exclude?: readonly Exclusion[] | undefined;
  readonly sender?: string | undefined;
  /** ISO instants. */
  readonly startAt?: string | undefined;
  readonly expireAt?: string | undefined;
  /** `HH:MM` on the recipient's clocks, before which nobody is written to. */
  readonly localTime?: string | null | undefined;
  readonly spread?: { readonly days: number } | undefined;
  readonly ratePerSecond?: number | undefined;
  readonly maxParts?: number | undefined;
  readonly marginMs?: number | undefined;
  readonly budget?: { readonly amount: string; readonly currency: string } | undefined;
  /** The account's name; the default one when absent. */
  readonly gateway?: string | undefined;
  readonly brandId?: string | undefined;
  /** An admin sends a notice at any hour, for a reason that is audited. */
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** What is known of accounts outside the database. */
export interface AccountTerms {
  readonly defaultName: string;
  /** The ways out that an account offers. */
  means(name: string): OptOutMeans | undefined;
  /** What one part costs, everywhere or in one territory. */
  price(
    name: string,
    territory?: Territory,
  ): { readonly perPart: string; readonly currency: string } | undefined;
  /** Where way-out links lead, for tenants without an address of their own. */
  readonly linkBase?: string | undefined;
}
