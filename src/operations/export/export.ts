import { BEFORE_ALL, type Transaction } from '../../platform/index.ts';
import { messagesTo } from '../../sending/index.ts';
import { seriesDetailsOf, type SeriesDetails } from '../../reminders/index.ts';
import {
  consentsAt,
  contactView,
  readContact,
  type Contact,
  type ContactDeps,
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

/** The person of an export, and how much of it may be given. */
export interface ExportAsked {
  readonly contactId: string;
  /** One person among those who share the number. */
  readonly personRef?: string | undefined;
  /** Ids that a reader of everything removed. */
  readonly leaveOut?: readonly string[] | undefined;
  /** True when number and texts are given in full. */
  readonly clear: boolean;
  readonly language: Language;
}

/** The records of a person, or the reason why somebody must look at it first. */
type Exported =
  | { readonly kind: 'export'; readonly content: ReturnType<typeof contentOf>; readonly leftOut: number }
  /** Several people share the number: each item waits for somebody to say whose it is. */
  | { readonly kind: 'shared'; readonly items: ReturnType<typeof itemsOf> }
  | { readonly kind: 'nobody' };

/** More messages than anybody ever got. */
const MOST = 20_000;
const PAGE = 500;

/** Collects all records of a person, to read or to transfer; undefined when there is no such contact. */
export async function exportOf(
  tx: Transaction,
  deps: ContactDeps,
  asked: ExportAsked,
): Promise<Exported | undefined> {
  const contact = await readContact(tx, deps.keys, asked.contactId);
  if (contact === undefined) return undefined;
  const held = await heldOf(tx, deps, { contact, asked });
  const { personRef, leaveOut } = asked;
  if (personRef !== undefined) return partOf(deps, held, personRef);
  if (leaveOut === undefined && isShared(contact, held)) return { kind: 'shared', items: itemsOf(held) };
  const out = new Set(leaveOut);
  const kept = without(held, (id) => !out.has(id));
  return { kind: 'export', content: contentOf(deps, kept), leftOut: out.size };
}

interface Booking extends Omit<SealedBooking, 'sealed' | 'personIndex'> {
  readonly details: SeriesDetails | undefined;
}

interface Held {
  readonly contact: Contact;
  readonly asked: ExportAsked;
  readonly controller: Awaited<ReturnType<typeof readController>>;
  readonly bookings: readonly Booking[];
  readonly messages: Awaited<ReturnType<typeof messagesOf>>;
  readonly replies: Awaited<ReturnType<typeof repliesOf>>;
  readonly acts: readonly Act[];
  readonly consentsNow: unknown;
  readonly suppressions: readonly unknown[];
}

interface Act {
  readonly id: string;
  readonly occurredAt: string;
  readonly [more: string]: unknown;
}

async function heldOf(
  tx: Transaction,
  deps: ContactDeps,
  { contact, asked }: { readonly contact: Contact; readonly asked: ExportAsked },
): Promise<Held> {
  const consents = await consentsAt(tx, deps, { contactId: contact.id, at: undefined });
  return {
    contact,
    asked,
    controller: await readController(tx),
    bookings: await bookingsOf(tx, contact),
    messages: await messagesOf(tx, deps, asked),
    replies: await repliesOf(tx, deps, asked),
    acts: await actsOf(tx, contact, consents?.events ?? []),
    consentsNow: consents?.purposes ?? {},
    suppressions: await readSuppressionsOf(tx, { contactId: contact.id, phoneIndex: contact.phoneIndex }),
  };
}

async function bookingsOf(tx: Transaction, { id, key }: Contact): Promise<Booking[]> {
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

async function messagesOf(tx: Transaction, { keys }: ContactDeps, asked: ExportAsked) {
  const found = await messagesTo(tx, keys, { contactId: asked.contactId, most: MOST });
  return found.map(({ view, clearText }) => {
    const { id, purpose, state, reason, campaignId, seriesId, gateway, timeline } = view;
    const text = asked.clear ? (clearText() ?? null) : null;
    return { id, purpose, state, reason, campaignId, seriesId, gateway, timeline, text };
  });
}

async function repliesOf(tx: Transaction, { keys }: ContactDeps, asked: ExportAsked) {
  const found = await readRepliesOf(tx, asked.contactId, MOST);
  return found.map(({ id, receivedAt, kind, sealed }) => {
    const place = { table: 'reply', column: 'sealed', row: id };
    // Sealed when it came, as from, to and text.
    const { text } = JSON.parse(keys.open(place, sealed).toString('utf8')) as { readonly text: string };
    return { id, at: receivedAt, kind, text: asked.clear ? text : '' };
  });
}

async function actsOf(
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
    const place = { table: 'consent_proof', column: 'sealed', row: event.id };
    return Object.assign({}, event, {
      wording: event.wordingId === null ? null : (wordings.get(event.wordingId) ?? null),
      shown: sealed === undefined ? null : (JSON.parse(key.open(place, sealed).toString('utf8')) as unknown),
    });
  });
}

/** Says whether two people were named for the number, by rows or by bookings. */
function isShared({ person }: Contact, { bookings }: Held): boolean {
  const named = bookings.flatMap(({ details }) => {
    const { ref, firstName, lastName } = details?.person ?? {};
    const name = ref ?? [firstName, lastName].filter((part) => part !== undefined).join(' ');
    return name === '' ? [] : [name];
  });
  return person.nameConflict === true || new Set(named).size > 1;
}

/** Lists the items of a shared number for the person who redacts, each with the person that the caller named for it. */
function itemsOf({ bookings, messages, replies, acts }: Held) {
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

/** Returns one person's bookings and their messages; data of the number alone are nobody's in particular. */
function partOf(deps: ContactDeps, held: Held, personRef: string): Exported {
  const theirs = new Set(
    held.bookings.flatMap(({ id, details }) => (details?.person?.ref === personRef ? [id] : [])),
  );
  if (theirs.size === 0) return { kind: 'nobody' };
  const messages = held.messages.filter(({ seriesId }) => seriesId !== null && theirs.has(seriesId));
  const part = {
    ...held,
    bookings: held.bookings.filter(({ id }) => theirs.has(id)),
    messages,
    replies: [],
    acts: [],
    suppressions: [],
    contact: { ...held.contact, person: { phone: held.contact.person.phone, attributes: {} } },
  };
  const left = itemsOf(held).length - theirs.size - messages.length;
  return { kind: 'export', content: contentOf(deps, part), leftOut: left };
}

const without = (held: Held, stays: (id: string) => boolean): Held => ({
  ...held,
  bookings: held.bookings.filter(({ id }) => stays(id)),
  messages: held.messages.filter(({ id }) => stays(id)),
  replies: held.replies.filter(({ id }) => stays(id)),
  acts: held.acts.filter(({ id }) => stays(id)),
});

function contentOf({ clock }: ContactDeps, held: Held) {
  const { contact, asked, controller, bookings, messages, replies, acts, consentsNow, suppressions } = held;
  const view = contactView(contact);
  return {
    madeAt: clock.now().toISO(),
    controller: controller && {
      name: controller.name,
      legalName: controller.legalName,
      contact: controller.contact,
    },
    person: asked.clear ? { ...view, phone: contact.person.phone } : view,
    standing: consentsNow,
    acts,
    suppressions,
    bookings,
    messages,
    replies,
    operators: [...new Set(messages.map(({ gateway }) => gateway))],
    retention: retentionLines(asked.language),
    rights: RIGHTS.map((words) => words[asked.language]),
  };
}

/** Words the retention periods, rule by rule. */
const retentionLines = (language: Language) =>
  retentionRules.map(({ id, title, reading, source }) => ({
    ruleId: id,
    title: title[language],
    reading: reading[language],
    source,
  }));

const RIGHTS: readonly Words[] = Object.values(bilingual.contact.rights);
