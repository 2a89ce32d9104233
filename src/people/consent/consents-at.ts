import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Transaction } from '../../platform/index.ts';
import type { Basis } from '../../law/index.ts';
import { frenchDay, type Day } from '../../rule/index.ts';
import {
  exactInstant,
  isoInstant,
  CONSENT_PURPOSES,
  customersOpenAt,
  isOpenBasis,
  type ConsentEvent,
  type ConsentPurpose,
  type ChosenBases,
  type CustomersTurn,
  barriersFor,
  factsAt,
  isSuppressed,
  consentStatusOf,
  type ConsentFacts,
  type ConsentStatus,
} from '../../person/index.ts';
import { readChosenBases, readCustomersTurns, readRecord, type RecordedActs } from './consent.repository.ts';
import { readContact, type Contact, type ContactDeps } from '../contact/contact.repository.ts';
import { whyNot } from '../eligibility/eligibility.repository.ts';
import type { ExclusionReason } from '../../words/index.ts';
import { knownUntil, silenceDoubt, silentFrom, type SilenceDoubt } from '../eligibility/silence.ts';

interface ConsentView {
  readonly sendable: boolean;
  readonly basis: Basis | null;
  /** ISO instant. */
  readonly since: string | null;
  readonly wordingId: string | null;
  readonly why: ExclusionReason | null;
  /** Why the answer for a past instant may be wrong; null where it is certain. */
  readonly doubt: SilenceDoubt | null;
}

type Statuses = Readonly<Record<ConsentPurpose, ConsentView>>;

const StatusShown = z
  .object({
    sendable: z.boolean(),
    basis: z.string().nullable(),
    since: z.string().nullable(),
    wordingId: z.string().nullable(),
    why: z.string().nullable(),
    doubt: z.enum(['LAST_INTERACTION_REPLACED']).nullable().meta({
      description:
        'Of the past alone: only the last sign of life is kept. Here a later one has replaced it, and the agreement was so old that an earlier sign would decide: what stands here is without it.',
    }),
    until: z.string().nullable().meta({
      description:
        'When advertising ends if nothing more is heard of the person; null where it may not be sent.',
    }),
  })
  .meta({ id: 'Standing' });

/** A person's consents at an instant and their acts until then, as the API shows them. */
export const ConsentsShown = z
  .object({
    purposes: z.object({
      marketing: StatusShown,
      appointment: StatusShown,
      renewal: StatusShown,
      payment: StatusShown,
    }),
    events: z
      .array(
        z.object({
          id: z.string(),
          purpose: z.string(),
          kind: z.string(),
          basis: z.string(),
          method: z.string().nullable(),
          channel: z.string().nullable(),
          wordingId: z.string().nullable(),
          proof: z.string(),
          occurredAt: z.string(),
          recordedAt: z.string(),
          actor: z.string(),
          barred: z.string().nullable(),
          simulated: z.boolean(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Consents' });

/** Derives a person's consents at an instant (now when absent) from the events; undefined for an unknown person. */
export async function consentsAt(
  tx: Transaction,
  deps: ContactDeps,
  question: {
    readonly contactId: string;
    readonly at?: string | undefined;
    /** Purposes whose account is a fake; all where no account matters. */
    readonly fakeFor?: readonly ConsentPurpose[] | undefined;
  },
): Promise<z.output<typeof ConsentsShown> | undefined> {
  const contact = await readContact(tx, deps.keys, question.contactId);
  if (contact === undefined) return undefined;
  const isPast = question.at !== undefined;
  const at = question.at === undefined ? deps.clock.now() : DateTime.fromISO(question.at);
  const { fakeFor } = question;
  const recorded = await readRecord(tx, { contactIds: [contact.id], indexes: [contact.phoneIndex] });
  const facts = factsAt(recorded, exactInstant(at));
  const statuses = !isPast
    ? statusesAt(contact, recorded, { at, fakeFor, bases: await readChosenBases(tx) })
    : pastStatuses(contact, recorded, {
        at,
        fakeFor,
        customers: await readCustomersPast(tx, frenchDay(at)),
      });
  return {
    purposes: withEnds(isPast ? knownUntil(contact, at) : contact, statuses),
    events: recorded.events
      .filter((event) => facts.events.includes(event))
      .toSorted((one, other) => (one.occurredAt + one.id < other.occurredAt + other.id ? -1 : 1))
      .map(eventView),
  };
}

/** Adds when advertising ends if no further sign of life comes. */
function withEnds(contact: Contact, { marketing, ...others }: Statuses) {
  const { sendable, since, doubt } = marketing;
  const ends = sendable && since !== null && doubt === null;
  return {
    marketing: { ...marketing, until: ends ? silentFrom(contact, since) : null },
    appointment: { ...others.appointment, until: null },
    renewal: { ...others.renewal, until: null },
    payment: { ...others.payment, until: null },
  };
}

/** The recorded changes of advertising to customers, and its present state. */
interface CustomersPast {
  readonly turns: readonly CustomersTurn[];
  readonly isOpenNow: boolean;
}

/** Reads the periods in which advertising to customers was open. */
export const readCustomersPast = async (tx: Transaction, on: Day): Promise<CustomersPast> => ({
  turns: await readCustomersTurns(tx),
  isOpenNow: isOpenBasis(
    { purpose: 'marketing', basis: 'legitimate_interest', on },
    await readChosenBases(tx),
  ),
});

/**
 * Derives a person's consents at a past instant from what had happened until then. Only the last sign of life is
 * kept: where a later one replaced the decisive one, the result says so.
 */
export function pastStatuses(
  contact: Contact,
  recorded: RecordedActs,
  {
    at,
    fakeFor,
    customers: { turns, isOpenNow },
  }: Omit<StatusTerms, 'bases'> & { readonly customers: CustomersPast },
): Statuses {
  const bases = customersOpenAt(turns, at, isOpenNow) ? { marketing: 'legitimate_interest' as const } : {};
  const { marketing, ...others } = statusesAt(knownUntil(contact, at), recorded, { at, fakeFor, bases });
  const { since } = marketing;
  const dependsOnSignOfLife =
    marketing.sendable || marketing.why === 'CONSENT_EXPIRED' || marketing.why === 'NUMBER_RETIRED';
  const doubt = dependsOnSignOfLife && since !== null ? silenceDoubt(contact, { since, at }) : null;
  return { ...others, marketing: { ...marketing, doubt } };
}

/** What decides a person's consents besides their records. */
interface StatusTerms {
  readonly at: DateTime;
  /** The bases that the tenant had chosen then. */
  readonly bases: ChosenBases;
  /** Purposes whose account is a fake; all where no account matters. */
  readonly fakeFor?: readonly ConsentPurpose[] | undefined;
}

/** Derives a person's consents at an instant from all their records. */
export function statusesAt(contact: Contact, recorded: RecordedActs, terms: StatusTerms): Statuses {
  const facts = factsAt(recorded, exactInstant(terms.at));
  const view = (purpose: ConsentPurpose): ConsentView => {
    const kept = recorded.statuses.find((one) => one.contactId === contact.id && one.purpose === purpose);
    return viewAt(contact, facts, { ...terms, purpose, until: kept?.until });
  };
  return {
    marketing: view('marketing'),
    appointment: view('appointment'),
    renewal: view('renewal'),
    payment: view('payment'),
  };
}

function viewAt(
  contact: Contact,
  facts: ConsentFacts,
  {
    purpose,
    at,
    bases,
    fakeFor = CONSENT_PURPOSES,
    until,
  }: StatusTerms & { readonly purpose: ConsentPurpose; readonly until: string | null | undefined },
): ConsentView {
  const status = consentStatusOf(facts, purpose);
  const agreement = status && { ...status, until };
  const known = { contact, agreement, isSuppressed: isSuppressed(facts, purpose), bases };
  const why = whyNot(known, { purpose, at, fake: fakeFor.includes(purpose) });
  if (status !== undefined) {
    const { basis, wordingId } = status;
    return { sendable: why === null, basis, since: isoInstant(status.since), wordingId, why, doubt: null };
  }
  const [barrier] = barriersFor(facts, purpose);
  const since = barrier === undefined ? null : isoInstant(barrier.at);
  return { sendable: false, basis: null, since, wordingId: null, why, doubt: null };
}

const eventView = (event: ConsentEvent): z.output<typeof ConsentsShown>['events'][number] => ({
  id: event.id,
  purpose: event.purpose,
  kind: event.kind,
  basis: event.basis,
  method: event.method,
  channel: event.channel,
  wordingId: event.wordingId,
  proof: event.proof,
  occurredAt: isoInstant(event.occurredAt),
  recordedAt: isoInstant(event.recordedAt),
  actor: event.actor,
  barred: event.barred,
  simulated: event.simulated,
});

/**
 * Derives the consent on which a message was sent at an instant (ISO): only acts that were done and recorded by then
 * count. Undefined for an unknown person, and where no act concerns the purpose.
 */
export async function statusKnownAt(
  tx: Transaction,
  deps: ContactDeps,
  question: { readonly contactId: string; readonly purpose: ConsentPurpose; readonly at: string },
): Promise<ConsentStatus | undefined> {
  const contact = await readContact(tx, deps.keys, question.contactId);
  if (contact === undefined) return undefined;
  const at = DateTime.fromISO(question.at);
  const exact = exactInstant(at);
  const recorded = await readRecord(tx, { contactIds: [contact.id], indexes: [contact.phoneIndex] });
  const events = recorded.events.filter(({ recordedAt }) => recordedAt <= exact);
  const suppressions = recorded.suppressions.filter(
    ({ recordedAt }) => recordedAt !== undefined && recordedAt <= exact,
  );
  const known = { ...recorded, events, suppressions };
  const status = consentStatusOf(factsAt(known, exact), question.purpose);
  if (status === undefined) return undefined;
  const customers = await readCustomersPast(tx, frenchDay(at));
  const { sendable, why, doubt } = pastStatuses(contact, known, { at, customers })[question.purpose];
  // Whoever decided to send knew a sign of life that a later one has replaced since.
  return doubt === null ? { ...status, sendable, why } : { ...status, sendable: true, why: null };
}
