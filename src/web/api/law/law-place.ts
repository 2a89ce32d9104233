import { placeFromClues } from '../../../people/index.ts';
import type { Caller } from '../../server/caller.ts';
import { located, type Placed, type Whereabouts } from './place.ts';

/** Stands for the tenant's place where a postal code that names no place must not be answered by it. */
const NOWHERE = { territory: '', timeZone: '' };

/** The place that the question itself tells, else the caller's; nothing when a contact or a number must be read. */
export function placeGiven(given: Whereabouts, { home }: Caller): Placed | undefined {
  const { contactId, phone, territory, timeZone, postalCode } = given;
  if (contactId !== undefined || phone !== undefined) return undefined;
  const otherwise = postalCode === undefined ? home : NOWHERE;
  return located(placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, otherwise));
}
