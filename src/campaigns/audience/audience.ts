import type { Transaction, TenantKeys } from '../../platform/index.ts';
import type { SeriesKind } from '../../reminders/index.ts';
import { conditionsOf, isClear, type AudienceFilter } from './audience-filter.ts';
import { pickContacts } from './audience-filter.repository.ts';

/** People who expect an event of a kind within a time; each is written to once, whatever they expect. */
export interface SeriesAudience {
  readonly kind: SeriesKind;
  /** The id of a stored practice. */
  readonly practiceId?: string | undefined;
  /** Hexadecimal blind indexes of its name, for bookings that gave no more; computed on reading. */
  readonly practiceIndexes?: readonly string[] | undefined;
  readonly eventFrom: string;
  readonly eventTo: string;
  /** The contract's name, as bookings give it. */
  readonly service?: string | undefined;
}

/** People to leave out of the audience. */
export type Exclusion =
  | { readonly contactIds: readonly string[] }
  | { readonly importId: string }
  /** Those whom that campaign reached, or is about to. */
  | { readonly servedBy: string };

/** The audience in its author's terms. */
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

/** The audience of a campaign, without the people on its exclusion lists. */
export type Audience = Meant & { readonly exclude?: readonly Exclusion[] | undefined };

/** Says whether sealed data must be read to select the audience. */
export const needsSealed = (audience: Audience): boolean =>
  ('filter' in audience && !conditionsOf(audience.filter).every(isClear)) ||
  ('series' in audience && audience.series.service !== undefined);

/** Resolves the sealed parts of an audience, so that rows can be compared with it in this transaction. */
export async function pickedAudience(
  tx: Transaction,
  keysOf: () => Promise<TenantKeys>,
  { audience, at }: { readonly audience: Audience; readonly at: string },
): Promise<Audience> {
  if (!('filter' in audience) || conditionsOf(audience.filter).every(isClear)) return audience;
  await pickContacts(tx, await keysOf(), { filter: audience.filter, at });
  return { picked: true, exclude: audience.exclude };
}
