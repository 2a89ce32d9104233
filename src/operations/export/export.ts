import { BEFORE_ALL, type Transaction } from '../../platform/index.ts';
import { messagesTo } from '../../sending/index.ts';
import { seriesDetailsOf, type SeriesDetails } from '../../reminders/index.ts';
import {
  consentsAt,
  contactView,
  readContact,
  type Contact,
  type ContactDeps,
  openedProof,
  readProofs,
} from '../../people/index.ts';
import {
  readController,
  readRepliesOf,
  readSuppressionsOf,
  readWordingsShown,
  readBookingsOf,
  type SealedBooking,
} from '../evidence/evidence.repository.ts';
import { type Language, bilingual, type Words } from '../../words/index.ts';
import { retentionRules } from '../../law/index.ts';

/** Whose records are exported, and which of them. */
export interface ExportAsked {
  readonly contactId: string;
  /** The reference of one person among those who share the number: only their bookings are exported. */
  readonly personRef?: string | undefined;
  /** Ids of items that somebody who read everything decided to leave out. */
  readonly leaveOut?: readonly string[] | undefined;
  /** True when the number and the texts are in clear. */
  readonly clear: boolean;
  readonly language: Language;
}

/** The records of a person, or why there are none yet. */
type Exported =
  | { readonly kind: 'export'; readonly content: ReturnType<typeof contentOf>; readonly leftOut: number }
  /** Several people share the number: somebody must first decide which items belong to the person. */
  | { readonly kind: 'shared'; readonly items: ReturnType<typeof itemsOf> }
  | { readonly kind: 'nobody' };

/** Nobody has so many bookings, messages or replies. */
const MOST = 20_000;
const PAGE = 500;

/** Collects the records of a person (GDPR, art. 15 and 20); undefined when there is no such contact. */
export async function exportOf(
  tx: Transaction,
  deps: ContactDeps,
  request: ExportAsked,
): Promise<Exported | undefined> {
  const contact = await readContact(tx, deps.keys, request.contactId);
  if (contact === undefined) return undefined;
  const records = await readRecords(tx, deps, { contact, request });
  const { personRef, leaveOut } = request;
  if (personRef !== undefined) return exportForPerson(deps, records, personRef);
  if (leaveOut === undefined && isShared(contact, records))
    return { kind: 'shared', items: itemsOf(records) };
  const out = new Set(leaveOut);
  const kept = withItems(records, (id) => !out.has(id));
  return { kind: 'export', content: contentOf(deps, kept), leftOut: out.size };
}

interface Booking extends Omit<SealedBooking, 'sealed' | 'personIndex'> {
  readonly details: SeriesDetails | undefined;
}

interface PersonRecords {
  readonly contact: Contact;
  readonly request: ExportAsked;
  readonly controller: Awaited<ReturnType<typeof readController>>;
  readonly bookings: readonly Booking[];
  readonly messages: Awaited<ReturnType<typeof readMessages>>;
  readonly replies: Awaited<ReturnType<typeof readReplies>>;
  readonly acts: readonly Act[];
  readonly consentsNow: unknown;
  readonly suppressions: readonly unknown[];
}

interface Act {
  readonly id: string;
  readonly occurredAt: string;
  readonly [more: string]: unknown;
}

async function readRecords(
  tx: Transaction,
  deps: ContactDeps,
  { contact, request }: { readonly contact: Contact; readonly request: ExportAsked },
): Promise<PersonRecords> {
  const consents = await consentsAt(tx, deps, { contactId: contact.id, at: undefined });
  return {
    contact,
    request,
    controller: await readController(tx),
    bookings: await readBookings(tx, contact),
    messages: await readMessages(tx, deps, request),
    replies: await readReplies(tx, deps, request),
    acts: await readActs(tx, contact, consents?.events ?? []),
    consentsNow: consents?.purposes ?? {},
    suppressions: await readSuppressionsOf(tx, { contactId: contact.id, phoneIndex: contact.phoneIndex }),
  };
}

async function readBookings(tx: Transaction, { id, key }: Contact): Promise<Booking[]> {
  const all: Booking[] = [];
  for (let after = BEFORE_ALL; all.length < MOST;) {
    const page = await readBookingsOf(tx, id, { after, most: PAGE });
    for (const { sealed, personIndex: _, ...row } of page)
      all.push({
        ...row,
        details: sealed.length === 0 ? undefined : seriesDetailsOf(key, { id: row.id, sealed }),
      });
    after = page.at(-1)?.id ?? after;
    if (page.length < PAGE) break;
  }
  return all;
}

async function readMessages(tx: Transaction, { keys }: ContactDeps, request: ExportAsked) {
  const found = await messagesTo(tx, keys, { contactId: request.contactId, most: MOST });
  return found.map(({ view, clearText }) => {
    const { id, purpose, state, reason, campaignId, seriesId, gateway, timeline } = view;
    const text = request.clear ? (clearText() ?? null) : null;
    return { id, purpose, state, reason, campaignId, seriesId, gateway, timeline, text };
  });
}

async function readReplies(tx: Transaction, { keys }: ContactDeps, request: ExportAsked) {
  const found = await readRepliesOf(tx, request.contactId, MOST);
  return found.map(({ id, receivedAt, kind, sealed }) => {
    const place = { table: 'reply', column: 'sealed', row: id };
    // The receiver of the reply sealed from, to and text here.
    const { text } = JSON.parse(keys.open(place, sealed).toString('utf8')) as { readonly text: string };
    return { id, at: receivedAt, kind, text: request.clear ? text : '' };
  });
}

async function readActs(
  tx: Transaction,
  { key }: Contact,
  events: readonly (Act & { readonly wordingId: string | null })[],
): Promise<Act[]> {
  const proofs = await readProofs(
    tx,
    events.map(({ id }) => id),
  );
  const cited = events.flatMap(({ wordingId }) => wordingId ?? []);
  const wordings = new Map((await readWordingsShown(tx, cited)).map((one) => [one.id, one.text]));
  return events.map((event) => {
    const sealed = proofs.get(event.id);
    return Object.assign({}, event, {
      wording: event.wordingId === null ? null : (wordings.get(event.wordingId) ?? null),
      shown: sealed === undefined ? null : openedProof(key, event.id, sealed),
    });
  });
}

/** Says whether several people were named for the number, by contacts or by bookings. */
function isShared({ person }: Contact, { bookings }: PersonRecords): boolean {
  const named = bookings.flatMap(({ details }) => {
    const { ref, firstName, lastName } = details?.person ?? {};
    const name = ref ?? [firstName, lastName].filter((part) => part !== undefined).join(' ');
    return name === '' ? [] : [name];
  });
  return person.nameConflict === true || new Set(named).size > 1;
}

/** Lists the items of a shared number, each with the reference of the person for whom it was booked, where known. */
function itemsOf({ bookings, messages, replies, acts }: PersonRecords) {
  const refs = new Map(bookings.map(({ id, details }) => [id, details?.person?.ref ?? null]));
  return [
    ...bookings.map(({ id, eventAt }) => ({
      id,
      what: 'booking' as const,
      at: eventAt,
      personRef: refs.get(id) ?? null,
    })),
    ...messages.map(({ id, seriesId }) => ({
      id,
      what: 'message' as const,
      at: null,
      personRef: refs.get(seriesId ?? '') ?? null,
    })),
    ...replies.map(({ id, at }) => ({ id, what: 'reply' as const, at, personRef: null })),
    ...acts.map(({ id, occurredAt }) => ({ id, what: 'act' as const, at: occurredAt, personRef: null })),
  ];
}

/** Exports the bookings of one person and their messages, without data that belong to the number alone. */
function exportForPerson(deps: ContactDeps, records: PersonRecords, personRef: string): Exported {
  const theirs = new Set(
    records.bookings.flatMap(({ id, details }) => (details?.person?.ref === personRef ? [id] : [])),
  );
  if (theirs.size === 0) return { kind: 'nobody' };
  const messages = records.messages.filter(({ seriesId }) => seriesId !== null && theirs.has(seriesId));
  const part = {
    ...records,
    bookings: records.bookings.filter(({ id }) => theirs.has(id)),
    messages,
    replies: [],
    acts: [],
    suppressions: [],
    contact: { ...records.contact, person: { phone: records.contact.person.phone, attributes: {} } },
  };
  const leftOut = itemsOf(records).length - theirs.size - messages.length;
  return { kind: 'export', content: contentOf(deps, part), leftOut };
}

const withItems = (records: PersonRecords, stays: (id: string) => boolean): PersonRecords => ({
  ...records,
  bookings: records.bookings.filter(({ id }) => stays(id)),
  messages: records.messages.filter(({ id }) => stays(id)),
  replies: records.replies.filter(({ id }) => stays(id)),
  acts: records.acts.filter(({ id }) => stays(id)),
});

function contentOf({ clock }: ContactDeps, records: PersonRecords) {
  const { contact, request, controller, bookings, messages, replies, acts, consentsNow, suppressions } =
    records;
  const view = contactView(contact);
  return {
    madeAt: clock.now().toISO(),
    controller: controller && {
      name: controller.name,
      legalName: controller.legalName,
      contact: controller.contact,
    },
    person: request.clear ? { ...view, phone: contact.person.phone } : view,
    standing: consentsNow,
    acts,
    suppressions,
    bookings,
    messages,
    replies,
    operators: [...new Set(messages.map(({ gateway }) => gateway))],
    retention: retentionLines(request.language),
    rights: RIGHTS.map((words) => words[request.language]),
  };
}

/** Writes the retention periods, rule by rule. */
const retentionLines = (language: Language) =>
  retentionRules.map(({ id, title, reading, source }) => ({
    ruleId: id,
    title: title[language],
    reading: reading[language],
    source,
  }));

const RIGHTS: readonly Words[] = Object.values(bilingual.contact.rights);
