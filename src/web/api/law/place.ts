import { z } from 'zod';
import type { DateTime } from 'luxon';
import { Refusal, type Clock, type Transaction, type Vault } from '../../../platform/index.ts';
import {
  placeFromClues,
  findContact,
  findHolder,
  mobileLine,
  type ContactPlace,
} from '../../../people/index.ts';
import { localityNamed, isoText, type Locality } from '../../../law/index.ts';
import { tenantOf } from '../../../company/index.ts';
import { Id, TerritoryName, TimeZone } from '../../server/schema.ts';
import type { Caller } from '../../server/caller.ts';

/** The ways to give a person's place; without any, the tenant's own. */
export const whereabouts = {
  contactId: Id.optional(),
  phone: z.string().min(4).max(40).optional(),
  territory: TerritoryName.optional(),
  postalCode: z.string().min(4).max(10).optional(),
  timeZone: TimeZone.optional(),
};

/** The given clues to the place. */
type Whereabouts = { readonly [K in keyof typeof whereabouts]?: z.output<(typeof whereabouts)[K]> };

/** The locality of a decision, and its source. */
export interface PlacedLocality extends ContactPlace {
  readonly locality: Locality;
}

/** Converts a place for a decision; refuses an unknown one. */
function located(known: ContactPlace): PlacedLocality {
  const locality = localityNamed(known.territory, known.timeZone);
  if (locality === undefined) throw new Refusal('PLACE_UNKNOWN');
  return { ...known, locality };
}

/** Reads the contact, the number or the given place, in that order. */
export async function placed(
  tx: Transaction,
  { vault }: { readonly vault: Vault; readonly clock: Clock },
  given: Whereabouts,
): Promise<PlacedLocality> {
  const known = await placeKnown(tx, vault, given);
  return located(known);
}

async function placeKnown(tx: Transaction, vault: Vault, given: Whereabouts): Promise<ContactPlace> {
  const keys = await vault.tenant(tx);
  if (given.contactId !== undefined) {
    const contact = await findContact(tx, { keys }, given.contactId);
    if (contact === undefined) throw new Refusal('CONTACT_NOT_FOUND');
    return contact.place;
  }
  const tenant = await tenantOf(tx);
  const home = { territory: tenant?.territory ?? 'FR', timeZone: tenant?.timeZone ?? 'Europe/Paris' };
  const { territory, timeZone, postalCode } = given;
  if (given.phone === undefined)
    return placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, home);
  const line = mobileLine(given.phone, { territory });
  const holder = await findHolder(tx, { keys }, line.e164);
  return (
    holder?.place ?? placeFromClues({ territory, timeZone, postalCode, byNumber: line.territories }, home)
  );
}

/** Replaces the tenant's place where an unknown postal code must not fall back to it. */
const NOWHERE = { territory: '', timeZone: '' };

/** Returns the place in the question itself, else the caller's; undefined when a contact or a number must be read. */
export function placeGiven(given: Whereabouts, { home }: Caller): PlacedLocality | undefined {
  const { contactId, phone, territory, timeZone, postalCode } = given;
  if (contactId !== undefined || phone !== undefined) return undefined;
  const otherwise = postalCode === undefined ? home : NOWHERE;
  return located(placeFromClues({ territory, timeZone, postalCode, byNumber: [] }, otherwise));
}

/** Prints an instant: offset kept, milliseconds only when there are some. */
export const lawIso = (at: DateTime): string => isoText(at, { suppressMilliseconds: true });
