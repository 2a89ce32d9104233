import { type Transaction, isUniqueViolation, Refusal } from '../../platform/index.ts';
import { consentAccountsOf, changedStatuses } from '../consent/consent-account.ts';
import { placeFromClues, type ContactPlace } from './contact-place.ts';
import {
  lockContacts,
  readContact,
  readHome,
  lockNumbers,
  writeNumber,
  type Contact,
  type ContactDeps,
} from './contact.repository.ts';
import {
  idAt,
  readRecord,
  writeRecord,
  type KeptSuppression,
  type NewSuppression,
} from '../consent/consent.repository.ts';
import { eligibilityChanged } from '../eligibility/exclusion.ts';
import type { ContactGiven } from './upsert-contacts.ts';

/** A person and their new line. */
export interface NumberChange {
  readonly contactId: string;
  readonly line: ContactGiven['line'];
}

/**
 * Gives a person another number: their agreements and their opt-outs follow. Suppressions are copied to the new
 * number and stay on the old, which gets no message any more; open series go on with the new one. Undefined when
 * there is no such contact; the same number changes nothing.
 */
export async function changeNumber(
  tx: Transaction,
  deps: ContactDeps,
  { contactId, line }: NumberChange,
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
    place: await placeUnder(tx, contact, line),
    lineType: line.lineType,
  };
  if (!(await written(writeNumber(tx, { contact, draft, phoneIndex, at }))))
    throw new Refusal('NUMBER_ALREADY_HELD');
  await followSuppressions(tx, deps, { contact, phoneIndex, at });
  await eligibilityChanged(tx, deps, [contact.id]);
  return readContact(tx, deps.keys, contact.id);
}

/** Returns false too when somebody made a contact of that number in the same moment. */
async function written(writing: Promise<boolean>): Promise<boolean> {
  try {
    return await writing;
  } catch (cause) {
    if (isUniqueViolation(cause)) return false;
    throw cause;
  }
}

/** Replaces a place derived from the old number by that of the new one. */
async function placeUnder(
  tx: Transaction,
  { place }: Contact,
  line: ContactGiven['line'],
): Promise<ContactPlace> {
  if (place.placeFrom !== 'number' && place.placeFrom !== 'unknown') return place;
  return placeFromClues({ byNumber: line.territories }, await readHome(tx));
}

async function followSuppressions(
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
  const copies = copied(deps, recorded.suppressions, { from: contact.phoneIndex, to: phoneIndex });
  const followed = { ...recorded, suppressions: [...recorded.suppressions, ...copies.map(inForce)] };
  const statuses = changedStatuses(consentAccountsOf([{ id: contact.id, phoneIndex }], followed).values());
  if (copies.length + statuses.length === 0) return;
  await writeRecord(tx, { events: [], lifted: [], suppressions: copies, statuses, at });
}

const inForce = (one: NewSuppression): KeptSuppression => ({ ...one, liftedAt: null });

/** Returns the suppressions in force on the old number that the new one lacks. */
function copied(
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
      id: idAt(clock.machine()),
      phoneIndex: to.toString('hex'),
      scope,
      since,
      source,
      eventId,
    }));
}
