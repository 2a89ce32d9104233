import { placeFromClues } from '../../../people/index.ts';
import type { Caller } from '../../server/caller.ts';
import { located, type PlacedLocality, type Whereabouts } from './place.ts';

/** Replaces the tenant's place where an unknown postal code must not fall back to it. */
const NOWHERE = { territory: '', timeZone: '' };

/** Returns the place in the question itself, else the caller's; undefined when a contact or a number must be read. */
export function placeGiven(given: Whereabouts, { home }: Caller): PlacedLocality | undefined {
  const { contactId, phone, territory, timeZone, postalCode } = given;
  if (contactId !== undefined || phone !== undefined) return undefined;
  const otherwise = postalCode === undefined ? home : NOWHERE;
  return located(placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, otherwise));
}
