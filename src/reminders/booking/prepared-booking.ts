import { localityNamed, frenchDay, isoText, type Territory } from '../../rule/index.ts';
import { Refusal, refusedField, type Transaction } from '../../platform/index.ts';
import {
  readContact,
  mobileLine,
  upsertContacts,
  type Contact,
  type ContactDeps,
} from '../../people/index.ts';
import { sampleLink } from '../../person/index.ts';
import { type IfLate, hasCalendar, wallTime } from '../../law/index.ts';
import {
  practiceZone,
  tenantOf,
  routedAccounts,
  refuseTransfer,
  type KeptPractice,
  type Tenant,
} from '../../company/index.ts';
import { bookedAccountNamed, type BookedAccount } from './booking.repository.ts';
import {
  bookedPractice,
  brandOfPractice,
  bookedSender,
  refuseWords,
  readyConsent,
  recordBooked,
  recordContract,
  type BookingTerms,
  type BookedWords,
  type ConsentSource,
  type BookedConsent,
} from './booked-terms.ts';
import { waysOutUnder } from '../../sms/index.ts';
import { waitToFile } from './filing.ts';
import type { ReminderPurpose, SeriesKind, BookedPerson } from '../series/series.ts';
import { isDateWish, type StepWish } from '../steps/planned-step.ts';
import { bilingual } from '../../words/index.ts';
import { readEligibility } from '../series/reminder-eligibility.repository.ts';
import { DateTime } from 'luxon';

/** The dependencies of making bookings. */
export interface BookingDeps extends ContactDeps {
  readonly terms: BookingTerms;
}

/** A body of any kind of booking, before its person is known. */
interface BookingRequest {
  readonly given: BookingGiven;
  readonly kind: SeriesKind;
  readonly purpose: ReminderPurpose;
  /** Words of the body that people would read and that were not checked before. */
  readonly unjudged: BookedWords['unjudged'];
}

/** The person and sender of a booking, its texts checked. */
interface PreparedBooking {
  readonly tenant: Tenant;
  readonly practice: KeptPractice | undefined;
  /** The zone of times without offset. */
  readonly home: string;
  readonly contact: Contact;
  readonly account: BookedAccount;
  /** True when its account was chosen by a route and not by name: then another may replace it. */
  readonly routed: boolean;
  readonly sender: string;
}

/** Finds or makes everything that a booking names, in the common order of locks. */
export async function prepareBooking(
  tx: Transaction,
  deps: BookingDeps,
  request: BookingRequest,
): Promise<PreparedBooking> {
  const { given, kind } = request;
  const { externalId, source } = given;
  await waitToFile(tx, deps.keys, { kind, source, externalId });
  const tenant = await tenantOf(tx);
  if (tenant === undefined) throw new Refusal('NOT_FOUND');
  const practice =
    given.practice === undefined ? undefined : await bookedPractice(tx, deps.keys, given.practice);
  const home = practiceZone(practice) ?? tenant.timeZone;
  const contact = await agreeingContact(tx, deps, { request, tenant, home });
  const [account, ...spares] = await accountsFor(tx, deps, { request, tenant, practice, contact });
  const sender = await checkedSender(tx, deps, { request, tenant, practice, contact, account });
  for (const spare of spares)
    await checkedSender(tx, deps, { request, tenant, practice, contact, account: spare });
  return { tenant, practice, home, contact, account, routed: given.gateway === undefined, sender };
}

async function accountsFor(
  tx: Transaction,
  { terms }: BookingDeps,
  { request, tenant, practice, contact }: Omit<UncheckedBooking, 'account'>,
): Promise<[BookedAccount, ...BookedAccount[]]> {
  const { purpose } = request;
  const territory = localityNamed(contact.place.territory, contact.place.timeZone)?.territory;
  const { defaultName } = terms;
  const [first, ...others] =
    request.given.gateway === undefined
      ? routedAccounts(tenant.settings, { purpose, territory, defaultName })
      : [request.given.gateway];
  const sector = practice?.sector ?? tenant.sector;
  const found: [BookedAccount, ...BookedAccount[]] = [await accountOf(tx, first)];
  for (const name of others) found.push(await accountOf(tx, name));
  for (const { id } of found) await refuseTransfer(tx, { accountId: id, sector });
  return found;
}

async function accountOf(tx: Transaction, name: string): Promise<BookedAccount> {
  const account = await bookedAccountNamed(tx, name);
  if (account !== undefined) return account;
  throw refusedField('/gateway', bilingual.request.unknown, 'GATEWAY_NOT_FOUND');
}

interface UncheckedBooking extends Omit<PreparedBooking, 'home' | 'routed' | 'sender'> {
  readonly request: BookingRequest;
}

/** Returns the sender, after checking everything that people would read. */
async function checkedSender(
  tx: Transaction,
  { terms, clock }: BookingDeps,
  { request, tenant, practice, contact, account }: UncheckedBooking,
): Promise<string> {
  const { given, purpose, unjudged } = request;
  const brand = await brandOfPractice(tx, practice);
  const on = frenchDay(clock.now());
  const sender = bookedSender({ named: given.sender, account, tenant, practice, brand, on });
  const means = terms.means(account.name);
  refuseWords({
    purpose,
    on,
    sector: practice?.sector ?? tenant.sector,
    locale: tenant.locale,
    sender,
    means: means && waysOutUnder(means, sender),
    territory: localityNamed(contact.place.territory, contact.place.timeZone)?.territory,
    stopLink: sampleLink(tenant.settings.publicUrl ?? terms.linkBase),
    text: given.text,
    usual: tenant.settings.texts?.[purpose],
    practice: practice?.displayName ?? given.practice ?? nameOf(brand, tenant),
    unjudged: { ...unjudged, practice: practice === undefined ? given.practice : undefined },
  });
  return sender;
}

const nameOf = (brand: { readonly name: string } | undefined, tenant: Tenant): string =>
  brand?.name ?? tenant.name;

/** Builds the part of a filing common to every kind. */
export const filingOf = (
  { given, kind, purpose }: BookingRequest,
  { contact, practice, account, routed, sender }: PreparedBooking,
) => ({
  kind,
  purpose,
  source: given.source,
  actor: given.actor,
  contact,
  practice,
  accountId: account.id,
  routed,
  sender,
  sourceRevision: given.sourceRevision,
  notifyChange: given.notifyChange,
  replaceContact: given.replaceContact ?? false,
  reopen: given.reopen ?? false,
  ifLate: given.ifLate,
});

/** Collects the encrypted data of a booking. */
export const detailsGiven = (given: BookingGiven) => ({
  externalId: given.externalId,
  practice: given.practice,
  person: personOf(given),
  text: given.text,
});

/** Returns the plan of reminders: the booking's, else the tenant's, else the default one. */
export function bookingPlanOf(
  { given, purpose }: BookingRequest,
  { settings }: Tenant,
  usual: readonly StepWish[],
): readonly StepWish[] {
  const own = settings.plans?.[purpose]?.map((offset) => ({ offset })) ?? [];
  // A reminder hours before a bare date would make no sense.
  const fitting = purpose === 'appointment' ? own : own.filter(isDateWish);
  return given.reminders ?? (fitting.length === 0 ? usual : fitting);
}

/** Returns the person, after recording the agreement of the booking. */
async function agreeingContact(
  tx: Transaction,
  deps: ContactDeps,
  {
    request,
    tenant,
    home,
  }: { readonly request: BookingRequest; readonly tenant: Tenant; readonly home: string },
): Promise<Contact> {
  const { given, kind, purpose } = request;
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
  const { sendable } = await readEligibility(tx, { contactId, purpose, at });
  await recordContract(tx, deps, { contactId, source, sendable });
  const contact = await readContact(tx, deps.keys, contactId);
  if (contact === undefined) throw notFound();
  return contact;
}

/**
 * Returns the instant of an agreement. A day without an hour counts from its start: nothing later may be older than
 * the agreement.
 */
function instantOf(text: string, { timeZone }: BookingGiven, home: string): string {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const written = { text: whole, timeZone, home: ownZone(whole) ?? home, pointer: '/consent/grantedAt' };
  return isoText(eventTime(written));
}

/**
 * Returns the zone of a written offset: such an instant is complete, and only the zone of the body can contradict
 * it.
 */
function ownZone(text: string): string | undefined {
  const { hours, minutes } = /(?<hours>[+-]\d{2}):?(?<minutes>\d{2})$/.exec(text)?.groups ?? {};
  return hours === undefined ? undefined : `UTC${hours}:${minutes}`;
}

const notFound = (): Refusal => refusedField('/contactId', bilingual.request.unknown, 'CONTACT_NOT_FOUND');

async function contactIdOf(tx: Transaction, deps: ContactDeps, given: BookingGiven): Promise<string> {
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
  const person = { line, territory, postalCode, timeZone, firstName, lastName };
  const [upserted] = await upsertContacts(tx, deps, [person]);
  if (upserted === undefined) throw notFound();
  return upserted.id;
}

async function knownContact(tx: Transaction, deps: ContactDeps, id: string | undefined): Promise<string> {
  const contact = id === undefined ? undefined : await readContact(tx, deps.keys, id);
  if (contact === undefined) throw notFound();
  if (contact.retiredAt !== undefined) throw new Refusal('NUMBER_RETIRED');
  return contact.id;
}

/** The fields common to every kind of booking. */
export interface BookingGiven {
  readonly externalId: string;
  readonly source: string;
  /** `key:<id>`, and the name of that key. */
  readonly actor: string;
  readonly keyName: string;
  readonly contactId?: string | undefined;
  readonly contact?:
    | (BookedPerson & {
        readonly phone: string;
        /** ISO country of a national number. */
        readonly region?: string | undefined;
        readonly territory?: Territory | undefined;
        readonly postalCode?: string | undefined;
        readonly timeZone?: string | undefined;
      })
    | undefined;
  readonly person?: BookedPerson | undefined;
  readonly timeZone?: string | undefined;
  readonly territory?: Territory | undefined;
  /** An external id, or a name for a tenant of one site. */
  readonly practice?: string | undefined;
  readonly reminders?: readonly StepWish[] | undefined;
  /** What happens to a reminder whose event was booked too late for its wish; the tenant's choice when absent. */
  readonly ifLate?: IfLate | undefined;
  readonly consent?: BookedConsent | undefined;
  readonly text?: string | undefined;
  readonly sender?: string | undefined;
  readonly gateway?: string | undefined;
  readonly sourceRevision?: number | undefined;
  readonly notifyChange?: boolean | undefined;
  readonly replaceContact?: boolean | undefined;
  /** True when a cancelled booking is reopened. */
  readonly reopen?: boolean | undefined;
}

/** Returns the person of a booking: named apart, or flat beside the number. */
function personOf({ person, contact }: BookingGiven): BookedPerson | undefined {
  const { ref, firstName, lastName, birthDate } = person ?? contact ?? {};
  const named = { ref, firstName, lastName, birthDate };
  return Object.values(named).some((value) => value !== undefined) ? named : undefined;
}

const WRITTEN =
  /^(?<date>\d{4}-\d{2}-\d{2})T(?<time>(?:[01]\d|2[0-3]):[0-5]\d)(?::[0-5]\d(?:\.\d{1,9})?)?(?<offset>Z|[+-]\d{2}:?\d{2})?$/i;

/** A written moment, to be read in a zone. */
interface WrittenMoment {
  readonly text: string;
  /** The zone given with it, if any. */
  readonly timeZone: string | undefined;
  /** The zone of the place, when none was given. */
  readonly home: string;
  /** JSON pointer, for refusals. */
  readonly pointer: string;
}

/**
 * Returns the moment of a local time, in the zone of its place. Without offset the local time counts, a skipped
 * hour moves forward, a doubled one is its first. With both an offset and a zone they must agree; an instant in UTC
 * alone is shown in the zone of the place.
 */
export function eventTime(written: WrittenMoment): DateTime {
  const { date, time, offset } = WRITTEN.exec(written.text)?.groups ?? {};
  const zone = written.timeZone ?? written.home;
  const day = DateTime.fromISO(date ?? '', { zone });
  if (date === undefined || time === undefined || !day.isValid || !hasCalendar(day.year))
    throw refused(written, 'DATE_INVALID');
  if (offset === undefined) return wallTime(day, time);
  return withOffset(written, { at: `${date}T${time}`, offset, zone });
}

function withOffset(
  written: WrittenMoment,
  { at, offset, zone }: { readonly at: string; readonly offset: string; readonly zone: string },
): DateTime {
  const instant = DateTime.fromISO(`${at}${offset.toUpperCase()}`, { setZone: true });
  const shown = instant.setZone(zone);
  if (!shown.isValid) throw refused(written, 'DATE_INVALID');
  const agrees = shown.offset === instant.offset;
  const isInstantAlone = offset.toUpperCase() === 'Z' && written.timeZone === undefined;
  if (!agrees && !isInstantAlone) throw refused(written, 'TIME_ZONE_CONTRADICTS');
  return shown;
}

const refused = ({ pointer }: WrittenMoment, code: 'DATE_INVALID' | 'TIME_ZONE_CONTRADICTS'): Refusal =>
  refusedField(pointer, code === 'DATE_INVALID' ? 'no such moment' : 'offset and zone differ', code);

/** Refuses a date whose holidays are unknown: none of its hours could be called lawful. */
export function refuseBeyondCalendar(on: string, pointer: string): void {
  if (hasCalendar(Number(on.slice(0, 4)))) return;
  throw refusedField(pointer, bilingual.booking.beyondCalendar, 'DATE_INVALID');
}
