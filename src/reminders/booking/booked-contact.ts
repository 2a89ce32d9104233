import { findContact, mobileLine, type Contact, upsertContacts } from '../../people/index.ts';
import { type Clock, type Transaction, type TenantKeys, Refusal } from '../../platform/index.ts';
import type { Tenant } from '../../company/index.ts';
import { readyConsent, recordBooked, recordContract, type ConsentSource } from './booked-consent.ts';
import type { BookingGiven } from './booking-given.ts';
import { eventTime } from './event-time.ts';
import type { ReminderPurpose, SeriesKind } from '../series/series.ts';
import { readStanding } from '../series/standing.repository.ts';
import { bilingual } from '../../words/index.ts';

/** Whose booking it is, and what it is about. */
export interface Telling {
  readonly given: BookingGiven;
  readonly kind: SeriesKind;
  readonly purpose: ReminderPurpose;
  readonly tenant: Tenant;
  /** The zone of the place, when none was given. */
  readonly home: string;
}

/** What people are found and kept with. */
interface PeopleDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
}

/** The person, with the agreement that came with the booking on record. */
export async function agreeingContact(
  tx: Transaction,
  deps: PeopleDeps,
  { given, kind, purpose, tenant, home }: Telling,
): Promise<Contact> {
  const source: ConsentSource = {
    tenant,
    purpose,
    keyName: given.keyName,
    actor: given.actor,
    recordRef: `${kind}/${given.externalId}`,
  };
  const consent = given.consent && {
    ...given.consent,
    grantedAt: instantOf(given.consent.grantedAt, given, home),
  };
  const ready = consent && (await readyConsent(tx, deps, { consent, source }));
  const contactId = await contactIdOf(tx, deps, given);
  const { actor } = given;
  if (ready !== undefined) await recordBooked(tx, deps, { ready, contactId, actor });
  const at = deps.clock.now().toISO();
  const { sendable } = await readStanding(tx, { contactId, purpose, at });
  await recordContract(tx, deps, { contactId, source, sendable });
  const contact = await findContact(tx, deps, contactId);
  if (contact === undefined) throw notFound();
  return contact;
}

/** A day without an hour counts from its start: nothing later may be older than the agreement. */
function instantOf(text: string, { timeZone }: BookingGiven, home: string): string {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const written = { text: whole, timeZone, home: ownZone(whole) ?? home, pointer: '/consent/grantedAt' };
  return eventTime(written).toISO() ?? '';
}

/** An instant with its offset is complete, wherever the place is: only the zone of the body can contradict it. */
function ownZone(text: string): string | undefined {
  const { hours, minutes } = /(?<hours>[+-]\d{2}):?(?<minutes>\d{2})$/.exec(text)?.groups ?? {};
  return hours === undefined ? undefined : `UTC${hours}:${minutes}`;
}

const notFound = (): Refusal =>
  new Refusal('CONTACT_NOT_FOUND', {
    errors: [{ in: 'body', pointer: '/contactId', message: bilingual.request.unknown }],
  });

async function contactIdOf(tx: Transaction, deps: PeopleDeps, given: BookingGiven): Promise<string> {
  if (given.contact === undefined) return knownContact(tx, deps, given.contactId);
  const {
    phone,
    region,
    territory = given.territory,
    postalCode,
    timeZone,
    firstName,
    lastName,
  } = given.contact;
  const line = mobileLine(phone, { region, territory });
  // A birth date belongs to the person of the booking: it never makes the holder of the number a minor.
  const told = { line, territory, postalCode, timeZone, firstName, lastName };
  const [upserted] = await upsertContacts(tx, deps, [told]);
  if (upserted === undefined) throw notFound();
  return upserted.id;
}

async function knownContact(tx: Transaction, deps: PeopleDeps, id: string | undefined): Promise<string> {
  const contact = id === undefined ? undefined : await findContact(tx, deps, id);
  if (contact === undefined) throw notFound();
  if (contact.retiredAt !== undefined) throw new Refusal('NUMBER_RETIRED');
  return contact.id;
}
