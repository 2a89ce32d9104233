import { Refusal, type Transaction } from '../../platform/index.ts';
import { maskPhone, type PhoneHint, type PhoneReading, readPhone, refusedNumber } from '../../sms/index.ts';
import { clockOf, territoriesNamed } from './contact-place.ts';
import { zonesNamed } from '../../law/index.ts';
import {
  readContact,
  readHolder,
  readContactPage,
  type Contact,
  type ContactDeps,
} from './contact.repository.ts';

/** A contact for answers; its number is masked. */
export interface ContactView {
  readonly id: string;
  readonly phone: string;
  readonly territory: string;
  /** Possible territories, when only the number is known. */
  readonly territories: readonly string[];
  readonly timeZone: string;
  /** Possible zones; a message is sent when the hour is lawful in each. */
  readonly timeZones: readonly string[];
  readonly placeFrom: string;
  readonly lineType: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly nameConflict: boolean;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  /** `YYYY-MM-DD` of the 18th birthday, while it lies ahead. */
  readonly adultOn: string | null;
  readonly numberState: string | null;
  readonly simulated: boolean;
  readonly lastInteractionAt: string | null;
  readonly retiredAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Builds the view of a contact; names are among its attributes. */
export function contactView(contact: Contact): ContactView {
  const { person, place } = contact;
  const { firstName, lastName } = person;
  const territories = territoriesNamed(place.territory);
  return {
    id: contact.id,
    phone: maskPhone(person.phone),
    territory: territories[0] ?? place.territory,
    territories,
    timeZone: clockOf(place),
    timeZones: zonesNamed(place.timeZone),
    placeFrom: place.placeFrom,
    lineType: contact.lineType,
    attributes: {
      ...(firstName === undefined ? {} : { firstName }),
      ...(lastName === undefined ? {} : { lastName }),
      ...person.attributes,
    },
    nameConflict: person.nameConflict === true,
    birthDate: person.birthDate ?? null,
    adultOn: contact.adultOn ?? null,
    numberState: contact.numberState ?? null,
    simulated: contact.simulated,
    lastInteractionAt: contact.lastInteractionAt ?? null,
    retiredAt: contact.retiredAt ?? null,
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
  };
}

/** A contact by its id, retired or not. */
export function findContact(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  id: string,
): Promise<Contact | undefined> {
  return readContact(tx, keys, id);
}

/** The contact that holds a number in E.164 now. */
export function findHolder(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  e164: string,
): Promise<Contact | undefined> {
  return readHolder(tx, keys, keys.phoneIndex(e164));
}

/** Reads a page of contacts in order of creation; `next` is the cursor of the following one. */
export async function listContacts(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly items: readonly Contact[]; readonly next: string | null }> {
  const found = await readContactPage(tx, keys, { limit: page.limit + 1, after: page.after });
  const items = found.slice(0, page.limit);
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** Reads the mobile line of a written number, or refuses with the reason why there is none. */
export function mobileLine(written: string, hint: PhoneHint = {}): PhoneReading & { kind: 'mobile' } {
  const reading = readPhone(written, hint);
  if (reading.kind === 'mobile') return reading;
  const { code, ...why } = refusedNumber(reading);
  throw new Refusal(code, why);
}
