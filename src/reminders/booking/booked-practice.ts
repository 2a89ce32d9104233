import { Refusal, type Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  practiceOf,
  practices,
  practicesNamed,
  isName,
  brandById,
  brandsOf,
  practiceById,
  type KeptPractice,
  type Tenant,
} from '../../company/index.ts';
import { readSeriesPage, type SeriesFilter } from '../series/series.repository.ts';
import type { BareFault } from '../../words/index.ts';
import type { ShownPractice } from '../series/reason.ts';

/**
 * Finds the practice that a booking names by its external id, or by its name; the only one also by its display
 * name. A tenant without stored practices is one site: the name then is only a name, and nothing is found.
 */
export async function bookedPractice(
  tx: Transaction,
  keys: TenantKeys,
  given: string,
): Promise<KeptPractice | undefined> {
  const byId = await practiceOf(tx, keys, given);
  if (byId !== undefined) return byId;
  const [named, another] = await practicesNamed(tx, keys, given);
  if (another !== undefined) throw unknownPractice('several have that name');
  if (named !== undefined) return named;
  const [first, second] = await practices(tx, keys, { limit: 2 });
  if (first === undefined) return undefined;
  if (second === undefined && isName(first.displayName, given)) return first;
  throw unknownPractice('unknown');
}

/** Refuses a practice that is neither stored nor the name in some booking. */
export async function refuseUnknownPractice(
  tx: Transaction,
  keys: TenantKeys,
  { given, asked }: { readonly given: string; readonly asked: NonNullable<SeriesFilter['practice']> },
): Promise<void> {
  if (asked.id !== null || (await practicesNamed(tx, keys, given)).length > 0) return;
  const [booked] = await readSeriesPage(tx, { practice: asked, limit: 1 });
  if (booked === undefined) throw unknownPractice('unknown');
}

const unknownPractice = (message: BareFault): Refusal =>
  new Refusal('PRACTICE_NOT_FOUND', { errors: [{ in: 'body', pointer: '/practice', message }] });

/** Joins a booking's own practice data with the stored practice. */
export function shownPractice(
  tenant: Pick<Tenant, 'contact' | 'sector'>,
  practice: KeptPractice | undefined,
  booked: { readonly practice: string; readonly place?: string | undefined },
): ShownPractice {
  return {
    displayName: practice?.displayName ?? booked.practice,
    phone: practice?.phone ?? tenant.contact.phone,
    address: booked.place ?? practice?.address,
    sector: practice?.sector ?? tenant.sector,
  };
}

/** Finds the practice of a series: by its id, or made since under the name in the booking. */
export async function practiceOfSeries(
  tx: Transaction,
  keys: TenantKeys,
  series: { readonly practiceId: string | null; readonly practice?: string | undefined },
): Promise<KeptPractice | undefined> {
  if (series.practiceId !== null) return practiceById(tx, keys, series.practiceId);
  if (series.practice === undefined) return undefined;
  const [practice, another] = await practicesNamed(tx, keys, series.practice);
  return another === undefined ? practice : undefined;
}

/** Returns the brand of a practice: its own, else the only one. */
export async function brandOfPractice(
  tx: Transaction,
  practice: KeptPractice | undefined,
): Promise<{ readonly name: string; readonly sender: string | null } | undefined> {
  if (practice?.brandId !== undefined) return brandById(tx, practice.brandId);
  const [brand, another] = await brandsOf(tx);
  return another === undefined ? brand : undefined;
}
