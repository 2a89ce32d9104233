import type { Territory } from '../../law/index.ts';
import type { OptOutMeans } from '../../sms/index.ts';
import type { Audience, Exclusion } from '../audience/audience.ts';

/** The request for a campaign. */
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
  /** `HH:MM` in the recipient's zone, before which nobody is written to. */
  readonly localTime?: string | null | undefined;
  readonly spread?: { readonly days: number } | undefined;
  readonly ratePerSecond?: number | undefined;
  readonly maxParts?: number | undefined;
  readonly marginMs?: number | undefined;
  readonly budget?: { readonly amount: string; readonly currency: string } | undefined;
  /** The account's name; the default one when absent. */
  readonly gateway?: string | undefined;
  readonly brandId?: string | undefined;
  /** Sends a notice at any hour, by an admin's order with an audited reason. */
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** The data on accounts that are not in the database. */
export interface AccountTerms {
  readonly defaultName: string;
  /** Returns the ways to opt out that an account offers. */
  means(name: string): OptOutMeans | undefined;
  /** Returns the price of one part, everywhere or in one territory. */
  price(
    name: string,
    territory?: Territory,
  ): { readonly perPart: string; readonly currency: string } | undefined;
  /** Base URL of opt-out links, for tenants without an address of their own. */
  readonly linkBase?: string | undefined;
}
