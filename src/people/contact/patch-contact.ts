import type { Transaction } from '../../platform/index.ts';
import type { Territory } from '../../law/index.ts';
import { readPhone } from '../../sms/index.ts';
import { adultLater } from './adulthood.ts';
import { barUnderAge } from '../consent/bar-under-age.ts';
import { clockOf, placeFromClues, type ContactPlace } from './contact-place.ts';
import {
  lockContacts,
  readContact,
  readHome,
  updateContacts,
  type Contact,
  type ContactDeps,
} from './contact.repository.ts';
import { corrected, type PersonCorrection } from './person.ts';

/** Corrections of one contact; absent fields stay. */
export interface ContactPatch extends PersonCorrection {
  readonly id: string;
  readonly territory?: Territory | undefined;
  /** IANA name. */
  readonly timeZone?: string | undefined;
  readonly postalCode?: string | undefined;
  /** ISO instant. */
  readonly lastInteractionAt?: string | undefined;
}

/** Corrects a contact; undefined when there is none, or when it was retired. */
export async function patchContact(
  tx: Transaction,
  deps: ContactDeps,
  patch: ContactPatch,
): Promise<Contact | undefined> {
  const [contact] = await lockContacts(tx, deps.keys, [patch.id]);
  if (contact === undefined || contact.retiredAt !== undefined) return undefined;
  const person = corrected(contact.person, patch);
  const place = await patchedPlace(tx, contact, patch);
  const today = deps.clock.now().setZone(clockOf(place)).toFormat('yyyy-MM-dd');
  const draft = {
    person,
    place,
    lineType: contact.lineType,
    adultOn: adultLater(person.birthDate, today),
    lastInteractionAt: patch.lastInteractionAt ?? contact.lastInteractionAt,
  };
  await updateContacts(tx, [{ contact, draft }], deps.clock.now().toISO());
  if (person.birthDate !== contact.person.birthDate)
    await barUnderAge(tx, deps, [Object.assign({}, contact, draft)]);
  return readContact(tx, deps.keys, contact.id);
}

async function patchedPlace(tx: Transaction, contact: Contact, patch: ContactPatch): Promise<ContactPlace> {
  const { territory, timeZone, postalCode } = patch;
  if (territory === undefined && timeZone === undefined && postalCode === undefined) return contact.place;
  const line = readPhone(contact.person.phone);
  const byNumber = line.kind === 'unreadable' ? [] : line.territories;
  return placeFromClues({ territory, timeZone, postalCode, byNumber }, await readHome(tx));
}
