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

/** How a booking and a kept practice together read. */
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

/** The practice of a series: kept under its id, or made since under the name that the booking gave. */
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

/** The brand under which a practice writes: its own, else the only one. */
export async function brandOfPractice(
  tx: Transaction,
  practice: KeptPractice | undefined,
): Promise<{ readonly name: string; readonly sender: string | null } | undefined> {
  if (practice?.brandId !== undefined) return brandById(tx, practice.brandId);
  const [brand, another] = await brandsOf(tx);
  return another === undefined ? brand : undefined;
}
