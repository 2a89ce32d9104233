import type { Transaction, TenantKeys } from '../../platform/index.ts';
import {
  brandById,
  brandsOf,
  practiceById,
  practicesNamed,
  type KeptPractice,
  type Tenant,
} from '../../company/index.ts';
import type { ShownPractice } from '../series/series-words.ts';

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
