import type { DateTime } from 'luxon';
import { type Transaction, isSimulated } from '../../platform/index.ts';
import type { Basis } from '../../law/index.ts';
import {
  hasGuardian,
  tooYoung,
  grantBasisOf,
  readGrantCriteria,
  earlierProofs,
  type GrantRefusal,
  type GrantCriteria,
  type Grant,
} from './grant-criteria.ts';
import {
  consentAccountsOf,
  asKept,
  carries,
  changedStatuses,
  consentFactsOf,
  nextEventMs,
  proofText,
  proven,
  stands,
  type ConsentAccount,
  type Changed,
} from './consent-account.ts';
import {
  exactInstant,
  CONSENT_PURPOSES,
  covers,
  isNewProof,
  isSpent,
  type DatedProof,
} from './consent-event.ts';
import { barriersFor, isSuppressed } from './consent-status.ts';
import {
  idAt,
  readRecord,
  writeRecord,
  type NewEvent,
  type NewSuppression,
  announceReturns,
  type ReturnNews,
} from './consent.repository.ts';
import { lockContacts, type Contact, type ContactDeps } from '../contact/contact.repository.ts';
import { eligibilityChanged, type ExclusionReason } from '../eligibility/exclusion.ts';
import { whyNot } from '../eligibility/eligibility.repository.ts';
import { servesHealth } from '../../company/index.ts';
import { harmlessEvidence as harmless } from '../contact/person.ts';

/** The outcome of one grant. */
export type Granted =
  | {
      readonly kind: 'recorded' | 'known';
      readonly eventId: string;
      readonly sendable: boolean;
      readonly why: ExclusionReason | null;
      /** True when it ended a STOP or a suppression. */
      readonly reinstated: boolean;
    }
  | ({ readonly kind: 'refused' } & GrantRefusal);

/** Records agreements with their proofs; returns one result for each grant, in order. Repeating changes nothing. */
export async function recordConsents(
  tx: Transaction,
  deps: ContactDeps,
  given: readonly Grant[],
): Promise<Granted[]> {
  if (given.length === 0) return [];
  const grants = (await servesHealth(tx)) ? given.map(harmless) : given;
  const contacts = await lockContacts(tx, deps.keys, unique(grants.map(({ contactId }) => contactId)));
  const criteria = await readGrantCriteria(tx, deps, grants);
  const indexes = contacts.map(({ phoneIndex }) => phoneIndex);
  const recorded = await readRecord(tx, { contactIds: contacts.map(({ id }) => id), indexes });
  const accounts = consentAccountsOf(contacts, recorded);
  const left = contacts.filter(({ id }) => hasLeft(accounts.get(id)));
  const ledger: Ledger = {
    deps,
    criteria,
    contacts: new Map(contacts.map((contact) => [contact.id, contact])),
    accounts,
    proofs: await earlierProofs(tx, left, accounts),
    at: deps.clock.now(),
    simulated: isSimulated(deps.clock),
    events: [],
    lifted: [],
    suppressions: [],
  };
  const answers = grants.map((grant) => entered(ledger, grant));
  const statuses = changedStatuses(accounts.values());
  const { events, lifted, suppressions } = ledger;
  if (events.length > 0) {
    await writeRecord(tx, { events, lifted, suppressions, statuses, at: ledger.at.toISO() });
    await eligibilityChanged(tx, deps, remindable(statuses));
    await announceReturns(tx, events.flatMap(cameBack), {
      at: ledger.at.toISO(),
      machineMs: deps.clock.machine(),
    });
  }
  return answers;
}

interface Ledger {
  readonly deps: ContactDeps;
  readonly criteria: GrantCriteria;
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly accounts: ReadonlyMap<string, ConsentAccount>;
  /** All earlier proofs of the people who opted out. */
  readonly proofs: ReadonlyMap<string, DatedProof[]>;
  readonly at: DateTime<true>;
  readonly simulated: boolean;
  readonly events: NewEvent[];
  readonly lifted: { id: string; eventId: string }[];
  readonly suppressions: NewSuppression[];
}

/** Describes a return for its listeners. */
function cameBack({ event }: NewEvent): ReturnNews[] {
  const { id: eventId, kind, actor, contactId, purpose, method } = event;
  return kind === 'reinstated' ? [{ actor, contactId, eventId, purpose, method }] : [];
}

/** Returns the people whose reminders become possible or impossible. */
const remindable = (statuses: readonly Changed[]): string[] =>
  unique(statuses.filter(({ purpose }) => purpose !== 'marketing').map(({ contactId }) => contactId));

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

const hasLeft = (account: ConsentAccount | undefined): boolean =>
  account !== undefined &&
  CONSENT_PURPOSES.some((purpose) => barriersFor(consentFactsOf(account), purpose).length > 0);

/** One grant to record. */
interface Entry {
  readonly grant: Grant;
  readonly contact: Contact;
  readonly account: ConsentAccount;
  readonly basis: Basis;
  readonly proof: 'held' | 'attested';
  readonly occurredAt: string;
  readonly text: string;
}

function entered(ledger: Ledger, grant: Grant): Granted {
  const contact = ledger.contacts.get(grant.contactId);
  const account = ledger.accounts.get(grant.contactId);
  if (contact === undefined || account === undefined) return { kind: 'refused', code: 'CONTACT_NOT_FOUND' };
  if (contact.retiredAt !== undefined) return { kind: 'refused', code: 'NUMBER_RETIRED' };
  const criteria = grantBasisOf(ledger.criteria, grant);
  if ('code' in criteria) return { kind: 'refused', ...criteria };
  const occurredAt = exactInstant(criteria.grantedAt);
  const { method = null, channel = null, evidence } = grant;
  const text = proofText({ method, channel, occurredAt, evidence });
  const entry: Entry = { grant, contact, account, ...criteria, occurredAt, text };
  if (grant.seen?.step === 'ticked') return pending(ledger, entry);
  const known = knownEvent(entry);
  if (known !== undefined) return answer(ledger, entry, { kind: 'known', eventId: known, reinstated: false });
  return append(ledger, entry);
}

const AGREEING = new Set(['granted', 'confirmed', 'reinstated']);

function knownEvent(entry: Entry): string | undefined {
  const { grant, account, basis } = entry;
  return account.events.find(
    (event) =>
      AGREEING.has(event.kind) &&
      event.purpose === grant.purpose &&
      event.basis === basis &&
      event.wordingId === (grant.wordingId ?? null) &&
      isSameAct(event, entry),
  )?.id;
}

function isSameAct(event: ConsentAccount['events'][number], { grant, occurredAt, text }: Entry): boolean {
  const { method = null, channel = null, evidence } = grant;
  if (grant.undated === true)
    return carries(event, proofText({ method, channel, occurredAt: event.occurredAt, evidence }));
  return event.occurredAt === occurredAt && (event.id === grant.recordedAs || carries(event, text));
}

/** Records boxes ticked for an unconfirmed number, which are no agreement. */
function pending(ledger: Ledger, entry: Entry): Granted {
  const added = kept(ledger, entry, 'pending');
  return answer(ledger, entry, { kind: 'recorded', eventId: added.event.id, reinstated: false });
}

function append(ledger: Ledger, entry: Entry): Granted {
  const { grant, account, occurredAt } = entry;
  const barriers = barriersFor(consentFactsOf(account), grant.purpose);
  const agreedAt = grant.seen?.step === 'confirmed' ? grant.seen.tickedAt : occurredAt;
  // An agreement older than the opt-out is history: kept, and without effect.
  const lifts = barriers.length > 0 && barriers.every(({ at }) => at < agreedAt);
  if (lifts && !mayLift(ledger, entry)) return { kind: 'refused', code: 'PROOF_NOT_NEW' };
  const agreeing = grant.seen?.step === 'confirmed' ? 'confirmed' : 'granted';
  const added = kept(ledger, entry, lifts ? 'reinstated' : agreeing);
  if (lifts) lift(ledger, entry, added.event.id);
  return answer(ledger, entry, { kind: 'recorded', eventId: added.event.id, reinstated: lifts });
}

function kept(ledger: Ledger, entry: Entry, kind: Appended): NewEvent {
  const { grant, contact, account, occurredAt } = entry;
  const added = eventOf(ledger, entry, kind);
  ledger.events.push(added);
  account.events.push(asKept(added));
  ledger.proofs.get(contact.id)?.push({ evidence: grant.evidence, occurredAt });
  return added;
}

/** A number confirmed a moment ago is its own proof: no older file can repeat it. */
function mayLift(ledger: Ledger, { grant, contact, account, basis, proof, occurredAt }: Entry): boolean {
  if (grant.seen !== undefined) return grant.seen.step === 'confirmed' && proof === 'held';
  const shown = { evidence: grant.evidence, occurredAt };
  if (basis !== 'consent' || proof !== 'held') return false;
  const spent = account.suppressions.flatMap(({ spentProofs = [] }) => spentProofs);
  return isNewProof(shown, ledger.proofs.get(contact.id) ?? []) && !isSpent(ledger.deps.keys, shown, spent);
}

type Appended = 'pending' | 'confirmed' | 'granted' | 'reinstated';

function eventOf(ledger: Ledger, entry: Entry, kind: Appended): NewEvent {
  const { grant, contact, account, basis, proof, occurredAt } = entry;
  const event = {
    id: idAt(nextEventMs(account, ledger.deps.clock.machine())),
    contactId: contact.id,
    purpose: grant.purpose,
    kind,
    basis,
    method: grant.method ?? null,
    channel: grant.channel ?? null,
    wordingId: grant.wordingId ?? null,
    proof,
    occurredAt,
    recordedAt: exactInstant(ledger.at),
    actor: grant.actor,
    barred: isUnderAgeConsent(entry) ? ('MINOR' as const) : null,
    simulated: ledger.simulated,
  };
  return proven(ledger.deps.keys, contact.key, { event, proof: entry.text });
}

/** A person under 15 without a guardian: growing up does not make it an agreement. */
const isUnderAgeConsent = ({ grant, contact, basis, occurredAt }: Entry): boolean =>
  basis === 'consent' && !hasGuardian(grant.evidence) && tooYoung(contact, occurredAt);

/** Lifts the suppressions in the way; one of everything goes on for the other purposes. */
function lift(ledger: Ledger, { grant, account }: Entry, eventId: string): void {
  const at = exactInstant(ledger.at);
  for (const [turn, suppression] of account.suppressions.entries()) {
    if (suppression.liftedAt !== null || !covers(suppression.scope, grant.purpose)) continue;
    ledger.lifted.push({ id: suppression.id, eventId });
    account.suppressions[turn] = { ...suppression, liftedAt: at };
    if (suppression.scope !== 'all') continue;
    for (const scope of CONSENT_PURPOSES.filter((purpose) => purpose !== grant.purpose)) {
      const id = idAt(ledger.deps.clock.machine());
      const { phoneIndex, since, source, eventId: cause } = suppression;
      ledger.suppressions.push({ id, phoneIndex, scope, since, source, eventId: cause });
      account.suppressions.push({ ...suppression, id, scope, liftedAt: null });
    }
  }
}

/** Answers as a question about the person's consents at that instant would. */
function answer(
  { at, criteria: { bases } }: Ledger,
  { contact, account, grant: { purpose } }: Entry,
  became: {
    readonly kind: 'recorded' | 'known';
    readonly eventId: string;
    readonly reinstated: boolean;
  },
): Granted {
  const agreement = stands(account, purpose);
  if (agreement === undefined) return { ...became, sendable: false, why: null };
  const known = { contact, agreement, isSuppressed: isSuppressed(consentFactsOf(account), purpose), bases };
  const why = whyNot(known, { purpose, at, fake: true });
  return { ...became, sendable: why === null, why };
}
