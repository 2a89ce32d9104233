import { type Transaction, type TenantKeys, Refusal } from '../../platform/index.ts';
import { practiceOf, practices, practicesNamed, isName, type KeptPractice } from '../../company/index.ts';
import { readSeriesPage, type SeriesFilter } from '../series/series.repository.ts';
import type { BareFault } from '../../words/index.ts';

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
