import type { Clock } from '../clock.ts';
import { findContact, mobileLine } from '../contacts/contact.ts';
import type { Contact } from '../contacts/contact.repository.ts';
import { upsertContacts } from '../contacts/upsert-contacts.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { Refusal } from '../errors.ts';
import type { Territory } from '../law/territory.ts';
import { placeOf } from '../messages/place.ts';
import type { KeptPractice } from '../tenants/practice.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { accountNamed, type BookedAccount } from './account.repository.ts';
import {
  readyConsent,
  recordBooked,
  recordContract,
  type BookedConsent,
  type ConsentSource,
} from './booked-consent.ts';
import { bookedPractice } from './booked-practice.ts';
import { bookedSender, type BookingTerms } from './booked-sender.ts';
import { refuseWords } from './booked-text.ts';
import { eventTime } from './event-time.ts';
import type { Filing } from './filing-facts.ts';
import { fileSeries, waitToFile, type Filed } from './filing.ts';
import { brandOfPractice } from './shown-practice.ts';
import type { Person } from './series.ts';
import { readStanding } from './standing.repository.ts';
import { DEFAULT_APPOINTMENT_PLAN, type StepWish } from './step-offset.ts';

/** A person told of in a booking. */
interface BookedContact extends Person {
  readonly phone: string;
  /** ISO country of a national number. */
  readonly region?: string | undefined;
  readonly territory?: Territory | undefined;
  readonly postalCode?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** A booking as its back office tells it. */
export interface AppointmentGiven {
  readonly externalId: string;
  readonly source: string;
  /** `key:<id>`, and the name of that key. */
  readonly actor: string;
  readonly keyName: string;
  readonly contactId?: string | undefined;
  readonly contact?: BookedContact | undefined;
  readonly person?: Person | undefined;
  /** A wall time, with or without offset. */
  readonly startsAt: string;
  readonly timeZone?: string | undefined;
  readonly territory?: Territory | undefined;
  /** An external id, or a name for a tenant of one site. */
  readonly practice: string;
  /** A street. */
  readonly place?: string | undefined;
  readonly reminders?: readonly StepWish[] | undefined;
  readonly consent?: (Omit<BookedConsent, 'grantedAt'> & { readonly grantedAt: string }) | undefined;
  readonly text?: string | undefined;
  readonly sender?: string | undefined;
  readonly gateway?: string | undefined;
  readonly sourceRevision?: number | undefined;
  readonly notifyChange?: boolean | undefined;
  readonly replaceContact?: boolean | undefined;
}

/** What bookings are made with. */
export interface BookingDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly terms: BookingTerms;
}

const PURPOSE = 'appointment' as const;

/**
 * Books an appointment, or moves the one that has this external id; twice the same changes nothing.
 *
 * Without a usable basis it is kept and nothing of it leaves; in the past likewise.
 */
export async function bookAppointment(
  tx: Transaction,
  deps: BookingDeps,
  given: AppointmentGiven,
): Promise<Filed> {
  const { externalId, source } = given;
  await waitToFile(tx, deps.keys, { kind: 'appointment', source, externalId });
  const tenant = await ownTenant(tx);
  const practice = await bookedPractice(tx, deps.keys, given.practice);
  const home = practice?.timeZone ?? tenant.timeZone;
  const event = eventTime({ text: given.startsAt, timeZone: given.timeZone, home, pointer: '/startsAt' });
  const contact = await agreeingContact(tx, deps, { given, tenant, home });
  const account = await accountOf(tx, given.gateway ?? deps.terms.defaultName);
  const sender = await judged(tx, deps, { given, tenant, practice, contact, account });
  return fileSeries(tx, deps, {
    ...filing(given, { event, contact, practice, plan: given.reminders ?? planOf(tenant) }),
    accountId: account.id,
    sender,
  });
}

async function ownTenant(tx: Transaction): Promise<Tenant> {
  const tenant = await tenantOf(tx);
  if (tenant === undefined) throw new Refusal('NOT_FOUND');
  return tenant;
}

async function accountOf(tx: Transaction, name: string): Promise<BookedAccount> {
  const account = await accountNamed(tx, name);
  if (account !== undefined) return account;
  throw new Refusal('GATEWAY_NOT_FOUND', {
    errors: [{ in: 'body', pointer: '/gateway', message: 'unknown' }],
  });
}

interface Telling {
  readonly given: AppointmentGiven;
  readonly tenant: Tenant;
  readonly home: string;
}

/** The person, with the agreement that came with the booking on record. */
async function agreeingContact(
  tx: Transaction,
  deps: BookingDeps,
  { given, tenant, home }: Telling,
): Promise<Contact> {
  const source: ConsentSource = {
    tenant,
    purpose: PURPOSE,
    keyName: given.keyName,
    actor: given.actor,
    recordRef: `appointment/${given.externalId}`,
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
  const { sendable } = await readStanding(tx, { contactId, purpose: PURPOSE, at });
  await recordContract(tx, deps, { contactId, source, sendable });
  const contact = await findContact(tx, deps, contactId);
  if (contact === undefined) throw notFound();
  return contact;
}

/** A day without an hour counts from its start: nothing later may be older than the agreement. */
function instantOf(text: string, { timeZone }: AppointmentGiven, home: string): string {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  return eventTime({ text: whole, timeZone, home, pointer: '/consent/grantedAt' }).toISO() ?? '';
}

const notFound = (): Refusal =>
  new Refusal('CONTACT_NOT_FOUND', { errors: [{ in: 'body', pointer: '/contactId', message: 'unknown' }] });

async function contactIdOf(tx: Transaction, deps: BookingDeps, given: AppointmentGiven): Promise<string> {
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

async function knownContact(tx: Transaction, deps: BookingDeps, id: string | undefined): Promise<string> {
  const contact = id === undefined ? undefined : await findContact(tx, deps, id);
  if (contact === undefined) throw notFound();
  if (contact.retiredAt !== undefined) throw new Refusal('NUMBER_RETIRED');
  return contact.id;
}

interface Judged extends Pick<Telling, 'given' | 'tenant'> {
  readonly practice: KeptPractice | undefined;
  readonly contact: Contact;
  readonly account: BookedAccount;
}

/** The sender, once everything that people would read was judged. */
async function judged(tx: Transaction, { terms }: BookingDeps, about: Judged): Promise<string> {
  const { given, tenant, practice, contact, account } = about;
  const brand = await brandOfPractice(tx, practice);
  const sender = bookedSender({ asked: given.sender, account, tenant, practice, brand });
  const means = terms.means(account.name);
  refuseWords({
    purpose: PURPOSE,
    sector: practice?.sector ?? tenant.sector,
    locale: tenant.locale,
    sender,
    means: means && { ...means, canReceive: means.canReceive && /^\+?\d+$/.test(sender) },
    territory: placeOf(contact.place.territory, contact.place.timeZone)?.territory,
    text: given.text,
    practice: practice?.displayName ?? given.practice,
    unjudged: { place: given.place, practice: practice === undefined ? given.practice : undefined },
  });
  return sender;
}

function filing(given: AppointmentGiven, about: Pick<Filing, 'event' | 'contact' | 'practice' | 'plan'>) {
  const { externalId, source, actor, practice, place, text, sourceRevision, notifyChange } = given;
  return {
    ...about,
    kind: 'appointment',
    purpose: PURPOSE,
    source,
    actor,
    details: { externalId, practice, person: personOf(given), place, text },
    sourceRevision,
    notifyChange,
    replaceContact: given.replaceContact ?? false,
  } as const;
}

/** The tenant's own plan, else two days before. */
function planOf({ settings }: Tenant): readonly StepWish[] {
  const offsets = settings.plans?.[PURPOSE];
  return offsets === undefined ? DEFAULT_APPOINTMENT_PLAN : offsets.map((offset) => ({ offset }));
}

/** The person of the booking: named apart, or flat beside the number. */
function personOf({ person, contact }: AppointmentGiven): Person | undefined {
  const { ref, firstName, lastName, birthDate } = person ?? contact ?? {};
  const told = { ref, firstName, lastName, birthDate };
  return Object.values(told).some((value) => value !== undefined) ? told : undefined;
}
