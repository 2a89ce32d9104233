import { DateTime } from 'luxon';
import type { Transaction } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import {
  hasGuardian,
  tooYoung,
  grantBasisOf,
  readGrantCriteria,
  earlierProofs,
  type GrantRefusal,
  type GrantBasis,
  type GrantCriteria,
  type Grant,
} from './grant-criteria.ts';
import {
  appendAct,
  hasProof,
  changedStatuses,
  openAccounts,
  proofText,
  type ConsentAccount,
} from './consent-account.ts';
import {
  barriersFor,
  consentStatusOf,
  exactInstant,
  CONSENT_PURPOSES,
  covers,
  isNewProof,
  isSpent,
  isSuppressed,
  type Channel,
  type ConsentPurpose,
  type DatedProof,
  type Evidence,
  withoutReasons,
} from '../../person/index.ts';
import { writeRecord, type NewEvent, type NewSuppression, announceReturns } from './consent.repository.ts';
import { lockContacts, type Contact, type ContactDeps } from '../contact/contact.repository.ts';
import { eligibilityChanged } from '../eligibility/exclusion.ts';
import { type ExclusionReason } from '../../words/index.ts';
import { whyNot } from '../eligibility/eligibility.repository.ts';
import { servesHealth } from '../../company/index.ts';

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
  const grants = (await servesHealth(tx)) ? given.map(withoutVisitReasons) : given;
  const contacts = await lockContacts(tx, deps.keys, unique(grants.map(({ contactId }) => contactId)));
  const criteria = await readGrantCriteria(tx, deps, grants);
  const accounts = await openAccounts(tx, contacts);
  const optedOut = contacts.filter(({ id }) => hasOptedOut(accounts.get(id)));
  const ledger: Ledger = {
    deps,
    criteria,
    contacts: new Map(contacts.map((contact) => [contact.id, contact])),
    accounts,
    proofs: await earlierProofs(tx, optedOut, accounts),
    at: deps.clock.now(),
    events: [],
    lifted: [],
    suppressions: [],
  };
  const results = grants.map((grant) => recordGrant(ledger, grant));
  const statuses = changedStatuses(accounts.values());
  const { events, lifted, suppressions } = ledger;
  if (events.length > 0) {
    const at = ledger.at.toISO();
    await writeRecord(tx, { events, lifted, suppressions, statuses, at });
    const remindable = statuses.filter(({ purpose }) => purpose !== 'marketing');
    await eligibilityChanged(tx, deps, unique(remindable.map(({ contactId }) => contactId)));
    const returns = events.flatMap(({ event }) => (event.kind === 'reinstated' ? event : []));
    await announceReturns(tx, returns, { at, machineMs: deps.clock.machine() });
  }
  return results;
}

/** Removes from an agreement the evidence that gives the reason of a visit. */
const withoutVisitReasons = (grant: Grant): Grant => ({ ...grant, evidence: withoutReasons(grant.evidence) });

/** What one call reads, and the changes that it gathers before it writes them together. */
interface Ledger {
  readonly deps: ContactDeps;
  readonly criteria: GrantCriteria;
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly accounts: ReadonlyMap<string, ConsentAccount>;
  /** All earlier proofs of the people who opted out, by contact id. */
  readonly proofs: ReadonlyMap<string, DatedProof[]>;
  readonly at: DateTime<true>;
  readonly events: NewEvent[];
  readonly lifted: { id: string; eventId: string }[];
  readonly suppressions: NewSuppression[];
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

const hasOptedOut = (account: ConsentAccount | undefined): boolean =>
  account !== undefined && CONSENT_PURPOSES.some((purpose) => barriersFor(account, purpose).length > 0);

interface Entry extends GrantBasis {
  readonly grant: Grant;
  readonly contact: Contact;
  readonly account: ConsentAccount;
  readonly occurredAt: string;
}

function recordGrant(ledger: Ledger, grant: Grant): Granted {
  const contact = ledger.contacts.get(grant.contactId);
  const account = ledger.accounts.get(grant.contactId);
  if (contact === undefined || account === undefined) return { kind: 'refused', code: 'CONTACT_NOT_FOUND' };
  if (contact.retiredAt !== undefined) return { kind: 'refused', code: 'NUMBER_RETIRED' };
  const basis = grantBasisOf(ledger.criteria, grant);
  if ('code' in basis) return { kind: 'refused', ...basis };
  const occurredAt = exactInstant(basis.grantedAt);
  const entry: Entry = { grant, contact, account, ...basis, occurredAt };
  if (grant.seen?.step === 'ticked') return appendEvent(ledger, entry, 'pending');
  const known = knownEvent(entry);
  if (known !== undefined)
    return resultOf(ledger, entry, { kind: 'known', eventId: known, reinstated: false });
  return appendAgreement(ledger, entry);
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

/** Says whether an event is the act of the grant; an undated act is compared by its proof alone. */
function isSameAct(event: ConsentAccount['events'][number], { grant, occurredAt }: Entry): boolean {
  const { method = null, channel = null, evidence } = grant;
  if (grant.undated !== true) {
    if (event.occurredAt !== occurredAt) return false;
    if (event.id === grant.recordedAs) return true;
  }
  return hasProof(event, proofText({ method, channel, occurredAt: event.occurredAt, evidence }));
}

function appendAgreement(ledger: Ledger, entry: Entry): Granted {
  const { grant, account, occurredAt } = entry;
  const barriers = barriersFor(account, grant.purpose);
  const agreedAt = grant.seen?.step === 'confirmed' ? grant.seen.tickedAt : occurredAt;
  // An agreement older than the opt-out is recorded, and ends nothing.
  const lifts = barriers.length > 0 && barriers.every(({ at }) => at < agreedAt);
  if (lifts && !mayLift(ledger, entry)) return { kind: 'refused', code: 'PROOF_NOT_NEW' };
  const agreeing = grant.seen?.step === 'confirmed' ? 'confirmed' : 'granted';
  return appendEvent(ledger, entry, lifts ? 'reinstated' : agreeing);
}

/** Appends the event of a grant; `pending` is a box ticked for an unconfirmed number, which is no agreement. */
function appendEvent(
  ledger: Ledger,
  entry: Entry,
  kind: 'pending' | 'confirmed' | 'granted' | 'reinstated',
): Granted {
  const { grant, contact, account, occurredAt } = entry;
  const { purpose, evidence, method = null, channel = null, wordingId = null, actor } = grant;
  const added = appendAct(
    ledger.deps,
    { account, key: contact.key, evidence },
    {
      kind,
      purpose,
      basis: entry.basis,
      method,
      channel,
      wordingId,
      proof: entry.proof,
      occurredAt,
      recordedAt: exactInstant(ledger.at),
      actor,
      barred: lacksGuardian(entry) ? 'MINOR' : null,
    },
  );
  ledger.events.push(added);
  ledger.proofs.get(contact.id)?.push({ evidence, occurredAt });
  const [eventId, reinstated] = [added.event.id, kind === 'reinstated'];
  if (reinstated) lift(ledger, entry, eventId);
  return resultOf(ledger, entry, { kind: 'recorded', eventId, reinstated });
}

/**
 * Says whether an agreement may end a STOP: its proof must be new, since the load of an old file repeats old proofs.
 * A form that has just confirmed the number needs no comparison.
 */
function mayLift(ledger: Ledger, { grant, contact, account, basis, proof, occurredAt }: Entry): boolean {
  if (grant.seen !== undefined) return grant.seen.step === 'confirmed' && proof === 'held';
  if (basis !== 'consent' || proof !== 'held') return false;
  const dated = { evidence: grant.evidence, occurredAt };
  const spent = account.suppressions.flatMap(({ spentProofs = [] }) => spentProofs);
  return isNewProof(dated, ledger.proofs.get(contact.id) ?? []) && !isSpent(ledger.deps.keys, dated, spent);
}

/** Says whether a person under 15 agreed without a guardian: growing up does not make it an agreement. */
const lacksGuardian = ({ grant, contact, basis, occurredAt }: Entry): boolean =>
  basis === 'consent' && !hasGuardian(grant.evidence) && tooYoung(contact, occurredAt);

/** Lifts the suppressions that cover the purpose; one of all purposes goes on for each of the others. */
function lift(ledger: Ledger, { grant, account }: Entry, eventId: string): void {
  const at = exactInstant(ledger.at);
  for (const [index, suppression] of account.suppressions.entries()) {
    if (suppression.liftedAt !== null || !covers(suppression.scope, grant.purpose)) continue;
    ledger.lifted.push({ id: suppression.id, eventId });
    account.suppressions[index] = { ...suppression, liftedAt: at };
    if (suppression.scope !== 'all') continue;
    for (const scope of CONSENT_PURPOSES.filter((purpose) => purpose !== grant.purpose)) {
      const id = uuidV7(ledger.deps.clock.machine());
      const { phoneIndex, since, source, eventId: cause } = suppression;
      ledger.suppressions.push({ id, phoneIndex, scope, since, source, eventId: cause });
      account.suppressions.push({ ...suppression, id, scope, liftedAt: null });
    }
  }
}

/** Builds the result of a grant, with the eligibility that `consentsAt` would show at this instant. */
function resultOf(
  { at, criteria: { bases } }: Ledger,
  { contact, account, grant: { purpose } }: Entry,
  outcome: {
    readonly kind: 'recorded' | 'known';
    readonly eventId: string;
    readonly reinstated: boolean;
  },
): Granted {
  const agreement = consentStatusOf(account, purpose);
  if (agreement === undefined) return { ...outcome, sendable: false, why: null };
  const known = { contact, agreement, isSuppressed: isSuppressed(account, purpose), bases };
  const why = whyNot(known, { purpose, at, fake: true });
  return { ...outcome, sendable: why === null, why };
}

/** A person who was asked and did not agree. */
export interface RefusalGiven {
  readonly contactId: string;
  readonly purposes: readonly ConsentPurpose[];
  /** ISO instant of the act. */
  readonly occurredAt: string;
  readonly channel: Channel;
  readonly method?: string | undefined;
  /** The refused wordings, by purpose, where they are known. */
  readonly wordings?: Readonly<Partial<Record<ConsentPurpose, string>>> | undefined;
  readonly evidence: Evidence;
  readonly actor: string;
}

/** Returns the purposes for which a person may be written to now: refusing one of those is a withdrawal. */
export async function agreedNow(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  contactId: string,
): Promise<readonly ConsentPurpose[]> {
  const accounts = await openAccounts(tx, await lockContacts(tx, keys, [contactId]));
  const kept = accounts.get(contactId)?.kept ?? [];
  return kept.filter(({ sendable }) => sendable).map(({ purpose }) => purpose);
}

/**
 * Records that somebody was asked and did not agree, where nothing was agreed; repeating changes nothing. An
 * agreement in force stays: an empty box withdraws nothing, and an explicit no is a withdrawal.
 */
export async function refuseConsents(
  tx: Transaction,
  deps: ContactDeps,
  refusal: RefusalGiven,
): Promise<readonly { readonly id: string; readonly purpose: ConsentPurpose }[]> {
  const contacts = await lockContacts(tx, deps.keys, [refusal.contactId]);
  const [contact] = contacts;
  if (contact === undefined || contact.retiredAt !== undefined) return [];
  const accounts = await openAccounts(tx, contacts);
  const account = accounts.get(contact.id);
  if (account === undefined) return [];
  const { channel, actor, method = null } = refusal;
  const occurredAt = exactInstant(DateTime.min(DateTime.fromISO(refusal.occurredAt), deps.clock.now()));
  const evidence = Object.keys(refusal.evidence).length > 0 ? refusal.evidence : undefined;
  const events: NewEvent[] = [];
  const refused = refusal.purposes
    .filter((purpose) => consentStatusOf(account, purpose)?.sendable !== true)
    .map((purpose) => {
      const known = account.events.find(
        (event) => event.kind === 'refused' && event.purpose === purpose && event.occurredAt === occurredAt,
      );
      if (known !== undefined) return { id: known.id, purpose };
      const wordingId = refusal.wordings?.[purpose] ?? null;
      const added = appendAct(
        deps,
        { account, key: contact.key, evidence },
        { kind: 'refused', purpose, method, channel, wordingId, occurredAt, actor },
      );
      events.push(added);
      return { id: added.event.id, purpose };
    });
  if (events.length > 0) {
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events, statuses, at: deps.clock.now().toISO() });
  }
  return refused;
}

/** Ends agreements to marketing that nothing renewed; returns their number. */
export async function expireConsents(
  tx: Transaction,
  deps: ContactDeps,
  contactIds: readonly string[],
): Promise<number> {
  if (contactIds.length === 0) return 0;
  const accounts = await openAccounts(tx, await lockContacts(tx, deps.keys, contactIds));
  const events = [...accounts.values()].flatMap((account) => {
    const kept = account.kept.find(({ purpose, sendable }) => purpose === 'marketing' && sendable);
    if (kept === undefined) return [];
    return appendAct(deps, { account }, { purpose: 'marketing', kind: 'expired', basis: kept.basis });
  });
  if (events.length > 0) {
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events, statuses, at: deps.clock.now().toISO() });
  }
  return events.length;
}
