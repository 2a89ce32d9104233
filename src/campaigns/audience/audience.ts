import type { Transaction, TenantKeys } from '../../platform/index.ts';
import type { SeriesKind } from '../../reminders/index.ts';
import { conditionsOf, isClear, type AudienceFilter } from './audience-filter.ts';
import { pickContacts } from './audience-filter.repository.ts';

/** People who expect something of a kind in a time: told once each, whatever they expect. */
export interface SeriesAudience {
  readonly kind: SeriesKind;
  /** A practice that is kept. */
  readonly practiceId?: string | undefined;
  /** Hexadecimal blind indexes of its name, for bookings that gave no more; found when it is read. */
  readonly practiceIndexes?: readonly string[] | undefined;
  /** ISO instants, both inclusive. */
  readonly eventFrom: string;
  readonly eventTo: string;
  /** The contract's name, as bookings give it. */
  readonly service?: string | undefined;
}

/** People to leave out, whoever else is meant. */
export type Exclusion =
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** Those whom that campaign reached, or is about to. */
  | { readonly servedBy: string };

/** Whom a campaign is for, in the words of its author. */
type Meant =
  | { readonly all: true }
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** Those whom that campaign did not reach: its excluded, failed and expired. */
  | { readonly notServedBy: string }
  /** Those whose agreement will soon have had its time, asked whether it still holds. */
  | { readonly reconfirm: true }
  /** Those who expect something: a notice. */
  | { readonly series: SeriesAudience }
  | { readonly filter: AudienceFilter }
  /** Those whom a filter on sealed attributes picked in this transaction. */
  | { readonly picked: true };

/** Whom a campaign is for, without those whom its lists leave out. */
export type Audience = Meant & { readonly exclude?: readonly Exclusion[] | undefined };

/** Whether what is sealed must be read to know whom it means. */
export const needsSealed = (audience: Audience): boolean =>
  ('filter' in audience && !conditionsOf(audience.filter).every(isClear)) ||
  ('series' in audience && audience.series.service !== undefined);

/** The same audience, with what is sealed looked up: rows can be compared with it in this transaction. */
export async function pickedAudience(
  tx: Transaction,
  keysOf: () => Promise<TenantKeys>,
  { audience, at }: { readonly audience: Audience; readonly at: string },
): Promise<Audience> {
  if (!('filter' in audience) || conditionsOf(audience.filter).every(isClear)) return audience;
  await pickContacts(tx, await keysOf(), { filter: audience.filter, at });
  return { picked: true, exclude: audience.exclude };
}
