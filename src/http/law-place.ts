import { placeFromClues } from '../contacts/contact-place.ts';
import { isTerritory, localityOf } from '../law/territory.ts';
import type { Placed, Whereabouts } from './place.ts';

const NOWHERE = { territory: '', timeZone: '' };

/** The place that the question itself tells; nothing when a contact, a number or the tenant must be read. */
export function placeGiven(given: Whereabouts): Placed | undefined {
  const { contactId, phone, territory, timeZone, postalCode } = given;
  if (contactId !== undefined || phone !== undefined) return undefined;
  const known = placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, NOWHERE);
  if (!isTerritory(known.territory)) return undefined;
  return { ...known, locality: localityOf(known.territory, known.timeZone) };
}
