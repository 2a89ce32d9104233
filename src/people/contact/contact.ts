import { z } from 'zod';
import { Refusal, type Transaction, isUniqueViolation } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { maskPhone, readPhone, refusedNumber, type PhoneHint, type PhoneReading } from '../../sms/index.ts';
import { zonesNamed, type Territory } from '../../rule/index.ts';
import { todayIn } from '../../reading/index.ts';
import { barUnderAge } from '../consent/grant-criteria.ts';
import { consentAccountsOf, changedStatuses } from '../consent/consent-account.ts';
import {
  readRecord,
  writeRecord,
  type KeptSuppression,
  type NewSuppression,
} from '../consent/consent.repository.ts';
import { eligibilityChanged } from '../eligibility/exclusion.ts';
import {
  clockOf,
  territoriesNamed,
  placeFromClues,
  type ContactPlace,
  adultLater,
  corrected,
  type PersonCorrection,
  type ContactGiven,
} from '../../person/index.ts';
import {
  readContact,
  lockContacts,
  readHome,
  updateContacts,
  type Contact,
  type ContactDeps,
  lockNumbers,
  writeNumber,
} from './contact.repository.ts';

/** A contact as the API shows it; its number is masked. */
export const ContactShown = z
  .object({
    id: z.string(),
    phone: z.string().meta({ description: 'Masked.' }),
    territory: z.string(),
    territories: z.array(z.string()).readonly(),
    timeZone: z.string(),
    timeZones: z.array(z.string()).readonly().meta({
      description:
        'All the zones that the person may be in: a message leaves when the hour is lawful in each.',
    }),
    placeFrom: z.string(),
    lineType: z.string(),
    attributes: z.record(z.string(), z.unknown()),
    nameConflict: z.boolean(),
    /** `YYYY-MM-DD`. */
    birthDate: z.string().nullable(),
    /** `YYYY-MM-DD` of the 18th birthday, while it lies ahead. */
    adultOn: z.string().nullable(),
    numberState: z.string().nullable(),
    simulated: z.boolean(),
    lastInteractionAt: z.string().nullable(),
    retiredAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Contact' });

/** Builds the view of a contact; names are among its attributes. */
export function contactView(contact: Contact): z.output<typeof ContactShown> {
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

/** Reads the mobile line of a written number, or refuses with the reason why there is none. */
export function mobileLine(written: string, hint: PhoneHint = {}): PhoneReading & { kind: 'mobile' } {
  const reading = readPhone(written, hint);
  if (reading.kind === 'mobile') return reading;
  const { code, ...why } = refusedNumber(reading);
  throw new Refusal(code, why);
}

/** Corrections of one contact; absent fields stay as they are. */
interface ContactPatch extends PersonCorrection {
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
  const place = await placeAfter(tx, contact, patch);
  const today = todayIn(deps.clock, { timeZone: clockOf(place) });
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

async function placeAfter(tx: Transaction, contact: Contact, patch: ContactPatch): Promise<ContactPlace> {
  const { territory, timeZone, postalCode } = patch;
  if (territory === undefined && timeZone === undefined && postalCode === undefined) return contact.place;
  const line = readPhone(contact.person.phone);
  const byNumber = line.kind === 'unreadable' ? [] : line.territories;
  return placeFromClues({ territory, timeZone, postalCode, byNumber }, await readHome(tx));
}

/**
 * Gives a person another number: their agreements and their opt-outs follow. Suppressions are missingSuppressions to the new
 * number and stay on the old, which gets no message any more; open series go on with the new one. Undefined when
 * there is no such contact; the same number changes nothing.
 */
export async function changeNumber(
  tx: Transaction,
  deps: ContactDeps,
  { contactId, line }: { readonly contactId: string; readonly line: ContactGiven['line'] },
): Promise<Contact | undefined> {
  const phoneIndex = deps.keys.phoneIndex(line.e164);
  await lockNumbers(tx, [phoneIndex]);
  const [contact] = await lockContacts(tx, deps.keys, [contactId]);
  if (contact === undefined) return undefined;
  if (contact.retiredAt !== undefined) throw new Refusal('NUMBER_RETIRED');
  if (contact.phoneIndex.equals(phoneIndex)) return contact;
  const at = deps.clock.now().toISO();
  const draft = {
    ...contact,
    person: { ...contact.person, phone: line.e164 },
    place: await placeOfNumber(tx, contact, line),
    lineType: line.lineType,
  };
  if (!(await isWritten(writeNumber(tx, { contact, draft, phoneIndex, at }))))
    throw new Refusal('NUMBER_ALREADY_HELD');
  await copySuppressions(tx, deps, { contact, phoneIndex, at });
  await eligibilityChanged(tx, deps, [contact.id]);
  return readContact(tx, deps.keys, contact.id);
}

/** Awaits `writeNumber`; false too when another transaction made a contact of that number in the same moment. */
async function isWritten(writing: Promise<boolean>): Promise<boolean> {
  try {
    return await writing;
  } catch (cause) {
    if (isUniqueViolation(cause)) return false;
    throw cause;
  }
}

/** Returns the place after a change of number: only one that came from the old number is derived anew. */
async function placeOfNumber(
  tx: Transaction,
  { place }: Contact,
  line: ContactGiven['line'],
): Promise<ContactPlace> {
  if (place.placeFrom !== 'number' && place.placeFrom !== 'unknown') return place;
  return placeFromClues({ byNumber: line.territories }, await readHome(tx));
}

async function copySuppressions(
  tx: Transaction,
  deps: ContactDeps,
  {
    contact,
    phoneIndex,
    at,
  }: { readonly contact: Contact; readonly phoneIndex: Buffer; readonly at: string },
): Promise<void> {
  const indexes = [contact.phoneIndex, phoneIndex];
  const recorded = await readRecord(tx, { contactIds: [contact.id], indexes });
  const copies = missingSuppressions(deps, recorded.suppressions, {
    from: contact.phoneIndex,
    to: phoneIndex,
  });
  const added = copies.map((one) => Object.assign({ liftedAt: null }, one));
  const followed = { ...recorded, suppressions: [...recorded.suppressions, ...added] };
  const statuses = changedStatuses(consentAccountsOf([{ id: contact.id, phoneIndex }], followed).values());
  if (copies.length + statuses.length === 0) return;
  await writeRecord(tx, { suppressions: copies, statuses, at });
}

/** Returns the suppressions in force on the old number that the new one lacks. */
function missingSuppressions(
  { clock }: ContactDeps,
  all: readonly KeptSuppression[],
  { from, to }: { readonly from: Buffer; readonly to: Buffer },
): NewSuppression[] {
  const current = all.filter(({ liftedAt }) => liftedAt === null);
  const on = (index: Buffer): KeptSuppression[] =>
    current.filter(({ phoneIndex }) => phoneIndex === index.toString('hex'));
  const there = new Set(on(to).map(({ scope }) => scope));
  return on(from)
    .filter(({ scope }) => !there.has(scope))
    .map(({ scope, since, source, eventId }) => ({
      id: uuidV7(clock.machine()),
      phoneIndex: to.toString('hex'),
      scope,
      since,
      source,
      eventId,
    }));
}
