import { hash } from 'node:crypto';
import { DateTime } from 'luxon';
import { basisAllowed, type Basis } from '../law/index.ts';
import type { Purpose, Day } from '../rule/index.ts';
import type { TenantKeys } from '../crypto/index.ts';
import type { ExclusionReason } from '../words/index.ts';

export type ConsentKind =
  | 'pending'
  | 'confirmed'
  | 'granted'
  | 'refused'
  | 'withdrawn'
  | 'objected'
  | 'expired'
  | 'reinstated';

/** The channels through which an act reached us. */
export type Channel = 'sms' | 'link' | 'email' | 'counter' | 'phone' | 'letter' | 'form' | 'api' | 'operator';

/** One event of the consent ledger: an agreement, a refusal or an opt-out. */
export interface ConsentEvent {
  /** A UUIDv7, by which the events of a person are in order of recording. */
  readonly id: string;
  readonly contactId: string | null;
  readonly purpose: Scope;
  readonly kind: ConsentKind;
  readonly basis: Basis;
  /** How the agreement was given; `import` also marks an opt-out of a file, which counts by its date. */
  readonly method: string | null;
  readonly channel: string | null;
  readonly wordingId: string | null;
  readonly proof: 'held' | 'attested' | 'none';
  /** In the format of `exactInstant`. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  /** Why the event gives no right to send, although it was recorded. */
  readonly barred: 'MINOR' | null;
  /** Hexadecimal. */
  readonly proofDigest: string | null;
  readonly simulated: boolean;
}

/** Writes an instant in UTC to the microsecond, as PostgreSQL stores it and digests contain it. */
export function exactInstant(at: DateTime): string {
  const iso = at.toUTC().toISO();
  return iso === null ? at.toString() : `${iso.slice(0, -1)}000Z`;
}

/** Writes epoch milliseconds in the format of `exactInstant`. */
export const exactMillis = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, -1)}000Z`;

/** Converts an instant of `exactInstant` to the ISO instant that answers show. */
export function isoInstant(exact: string): string {
  return exact.replace(/000Z$/, 'Z');
}

/** Returns SHA-256 over the tenant and the columns of an event, in hexadecimal. */
export function eventDigest(tenantId: string, event: ConsentEvent): string {
  const columns = [
    tenantId,
    event.id,
    event.contactId,
    event.purpose,
    event.kind,
    event.basis,
    event.method,
    event.channel,
    event.wordingId,
    event.proof,
    event.occurredAt,
    event.recordedAt,
    event.actor,
    event.barred,
    event.proofDigest,
    event.simulated,
  ];
  return hash('sha256', JSON.stringify(columns), 'hex');
}

/** A purpose that needs a legal basis; an answer to a person's own message needs none. */
export type ConsentPurpose = Exclude<Purpose, 'acknowledgement' | 'confirmation'>;

/** Every purpose that needs a legal basis. */
export const CONSENT_PURPOSES = [
  'marketing',
  'appointment',
  'renewal',
  'payment',
] as const satisfies readonly ConsentPurpose[];

/** The scope of a STOP or a suppression. */
export type Scope = ConsentPurpose | 'all';

/** Says whether a scope covers a purpose. */
export const covers = (scope: Scope, purpose: ConsentPurpose): boolean =>
  scope === 'all' || scope === purpose;

/** Returns the purposes that a scope covers. */
export const purposesIn = (scope: Scope): readonly ConsentPurpose[] =>
  CONSENT_PURPOSES.filter((purpose) => covers(scope, purpose));

/** The ways in which an agreement is given. */
export const METHODS = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'] as const;

export type Method = (typeof METHODS)[number];

/** The evidence of an agreement, by field: references, addresses, and fields of the caller's own. */
export type Evidence = Readonly<Record<string, string>>;

/** The evidence that each method requires: one field of each group. */
const REQUIRED_EVIDENCE: Readonly<Record<Method, readonly (readonly string[])[]>> = {
  web_form: [['formUrl'], ['ip', 'userAgent']],
  paper: [['documentRef']],
  event: [['documentRef']],
  oral: [['recordingRef'], ['operator']],
  sms_keyword: [['messageRef'], ['keyword']],
  import: [['source'], ['documentRef']],
};

/** Lists the fields that would complete a proof; `ip|userAgent` means either. */
export function missingFields(method: Method, evidence: Evidence): string[] {
  return REQUIRED_EVIDENCE[method]
    .filter((group) => !group.some((field) => isPresent(evidence[field])))
    .map((group) => group.join('|'));
}

/** The evidence of an agreement with the date of the act. */
export interface DatedProof {
  readonly evidence: Evidence;
  /** ISO instant. */
  readonly occurredAt: string;
}

/**
 * Says whether a proof differs from every earlier one of the person. It is compared by its document. Without one it is
 * compared by form, time and address together, and by all of its evidence without the time: a synchronisation sends old
 * answers again, with the time of last night.
 */
export function isNewProof(proof: DatedProof, earlier: readonly DatedProof[]): boolean {
  const known = new Set(earlier.flatMap(marksOf));
  const own = decisiveMarks(proof);
  return own.length > 0 && own.every((mark) => !known.has(mark));
}

/** Returns the marks by which a later proof is recognized as a repetition of this one. */
const marksOf = (proof: DatedProof): string[] => [...documentMarks(proof), ...formMarks(proof)];

/** Returns the marks that must all be unknown for a proof to be new; without any it cannot be shown to be new. */
function decisiveMarks(proof: DatedProof): string[] {
  const byDocument = documentMarks(proof);
  return byDocument.length > 0 ? byDocument : formMarks(proof);
}

function documentMarks({ evidence: { documentRef } }: DatedProof): string[] {
  return isPresent(documentRef) ? [`documentRef|${documentRef}`] : [];
}

function formMarks({ evidence, occurredAt }: DatedProof): string[] {
  const { formUrl, ip } = evidence;
  if (!isPresent(formUrl) || !isPresent(ip)) return [];
  const fields = Object.entries(evidence).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [`form|${JSON.stringify([formUrl, occurredAt, ip])}`, `evidence|${JSON.stringify(fields)}`];
}

const isPresent = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';

/** The bases other than consent that a tenant chose, by purpose. */
export type ChosenBases = Readonly<Partial<Record<ConsentPurpose, Basis>>>;

const SALE = ['saleRef', 'saleAt', 'informedAt', 'productFamily'] as const;

/** Says whether a tenant may use a basis for a purpose (CON-01, CON-02). */
export function isOpenBasis(
  { purpose, basis, on }: { readonly purpose: ConsentPurpose; readonly basis: Basis; readonly on: Day },
  chosen: ChosenBases,
): boolean {
  const { allowed, onlyIfOpened } = basisAllowed(purpose, basis, on);
  return allowed && (!onlyIfOpened || chosen[purpose] === basis);
}

/** One change of a tenant's setting to advertise to its customers; the first known change may be a closing. */
export interface CustomersTurn {
  /** ISO instant. */
  readonly at: string;
  readonly isOpen: boolean;
}

/** Says whether advertising to customers was open at an instant, by the changes in order; without any it is as now. */
export function customersOpenAt(turns: readonly CustomersTurn[], at: DateTime, isOpenNow: boolean): boolean {
  const before = turns.findLast((turn) => DateTime.fromISO(turn.at) <= at);
  if (before !== undefined) return before.isOpen;
  // Before its first change the setting had the opposite value.
  const [first] = turns;
  return first === undefined ? isOpenNow : !first.isOpen;
}

/** Lists the fields of evidence that a basis other than consent lacks. */
export function missingForBasis(
  purpose: ConsentPurpose,
  basis: Exclude<Basis, 'consent'>,
  evidence: Evidence,
): string[] {
  const lacks = (field: string): boolean => !isPresent(evidence[field]);
  if (basis === 'contract') return ['contractRef'].filter(lacks);
  if (purpose !== 'marketing') return ['justification'].filter(lacks);
  const offered = evidence['refusalOffered'] === 'true' ? [] : ['refusalOffered'];
  return [...SALE.filter(lacks), ...offered];
}

/** Returns the keyed digests of a proof's marks, which stay with a suppression when the proof is removed. */
export const spentMarks = (keys: Pick<TenantKeys, 'digest'>, proof: DatedProof): string[] =>
  marksOf(proof).map((mark) => digestOf(keys, mark));

/** Says whether a proof repeats one of a person who was erased since (`spent`): it cannot lift the suppression. */
export function isSpent(
  keys: Pick<TenantKeys, 'digest'>,
  proof: DatedProof,
  spent: readonly string[],
): boolean {
  if (spent.length === 0) return false;
  return decisiveMarks(proof).some((mark) => spent.includes(digestOf(keys, mark)));
}

const digestOf = (keys: Pick<TenantKeys, 'digest'>, mark: string): string =>
  keys.digest(`proof|${mark}`).toString('hex');

/** A person's consent for a purpose, with the event that decides it. */
export interface ConsentStatus {
  readonly sendable: boolean;
  /** Why nothing may be sent; null exactly when `sendable`. */
  readonly why: ExclusionReason | null;
  readonly basis: Basis;
  readonly since: string;
  readonly wordingId: string | null;
  readonly eventId: string;
}

/** A suppression of a number. */
export interface SuppressionFact {
  readonly id: string;
  readonly scope: Scope;
  readonly since: string;
  readonly liftedAt: string | null;
}

/** The events and suppressions of one person, which decide their consents. */
export interface ConsentFacts {
  readonly events: readonly ConsentEvent[];
  readonly suppressions: readonly SuppressionFact[];
}

/** Derives the consent for a purpose; undefined when no event concerns the purpose. */
export function consentStatusOf(facts: ConsentFacts, purpose: ConsentPurpose): ConsentStatus | undefined {
  const status = historyOf(facts.events, purpose).status;
  if (status?.sendable !== true) return status;
  const barrier = inForce(facts.suppressions, purpose)[0];
  return barrier ? { ...status, sendable: false, why: 'SUPPRESSED', since: barrier.since } : status;
}

/** Returns the opt-outs and suppressions in force that a new agreement would have to lift. */
export function barriersFor(
  facts: ConsentFacts,
  purpose: ConsentPurpose,
): readonly { readonly at: string }[] {
  const optOuts = historyOf(facts.events, purpose).barriers.map(({ occurredAt }) => ({ at: occurredAt }));
  return [...optOuts, ...inForce(facts.suppressions, purpose).map(({ since }) => ({ at: since }))];
}

/** Returns the facts as they were at an instant. */
export function factsAt({ events, suppressions }: ConsentFacts, at: string): ConsentFacts {
  return {
    events: events.filter(({ occurredAt }) => occurredAt <= at),
    suppressions: suppressions
      .filter(({ since }) => since <= at)
      .map((one) => (one.liftedAt !== null && one.liftedAt > at ? inForceAgain(one) : one)),
  };
}

const inForceAgain = (suppression: SuppressionFact): SuppressionFact => ({ ...suppression, liftedAt: null });

/** Says whether a suppression in force covers a purpose. */
export const isSuppressed = ({ suppressions }: ConsentFacts, purpose: ConsentPurpose): boolean =>
  inForce(suppressions, purpose).length > 0;

const inForce = (suppressions: readonly SuppressionFact[], purpose: ConsentPurpose): SuppressionFact[] =>
  suppressions
    .filter(({ scope, liftedAt }) => liftedAt === null && covers(scope, purpose))
    .toSorted((one, other) => (one.since < other.since ? -1 : 1));

/** The consent after some events, with the opt-outs in force. */
interface ConsentHistory {
  readonly status: ConsentStatus | undefined;
  readonly barriers: readonly ConsentEvent[];
}

function historyOf(events: readonly ConsentEvent[], purpose: ConsentPurpose): ConsentHistory {
  const ordered = events.filter((event) => covers(event.purpose, purpose)).toSorted(byDate);
  return ordered.reduce<ConsentHistory>((now, event) => effects[event.kind](now, event), {
    status: undefined,
    barriers: [],
  });
}

const isOptOut = ({ kind }: ConsentEvent): boolean => kind === 'withdrawn' || kind === 'objected';

/** Orders events by date; an opt-out comes after an agreement of the same instant. */
const byDate = (one: ConsentEvent, other: ConsentEvent): number => (rank(one) < rank(other) ? -1 : 1);

const rank = (event: ConsentEvent): string => `${event.occurredAt}${isOptOut(event) ? 1 : 0}${event.id}`;

/** What each kind of event makes of the consent before it. */
const effects: Readonly<Record<ConsentKind, (now: ConsentHistory, event: ConsentEvent) => ConsentHistory>> = {
  withdrawn: (now, event) => afterOptOuts([...now.barriers, event], now.status),
  objected: (now, event) => afterOptOuts([...now.barriers, event], now.status),
  granted: afterAgreement,
  confirmed: afterAgreement,
  reinstated: afterAgreement,
  pending: (now, event) => (couldSend(now) ? now : unlessOptedOut(now, 'CONSENT_PENDING', event)),
  refused: (now, event) => unlessOptedOut(now, couldSend(now) ? 'CONSENT_WITHDRAWN' : 'NO_BASIS', event),
  expired: (now, event) => unlessOptedOut(now, event.barred ?? 'CONSENT_EXPIRED', event),
};

const couldSend = ({ status }: ConsentHistory): boolean => status?.sendable === true;

/** Ends a consent for a reason, unless an opt-out is in force, which only a new agreement can end. */
const unlessOptedOut = (now: ConsentHistory, why: ExclusionReason, event: ConsentEvent): ConsentHistory =>
  now.barriers.length > 0 ? now : { ...now, status: unsendable(why, event) };

function afterAgreement(now: ConsentHistory, event: ConsentEvent): ConsentHistory {
  const barriers = now.barriers.filter((barrier) => !endsOptOut(event, barrier));
  if (barriers.length > 0) return afterOptOuts(barriers, now.status);
  if (event.barred === null) return { barriers, status: sendable(event) };
  return couldSend(now) ? now : { barriers, status: unsendable(event.barred, event) };
}

/**
 * Says whether an agreement that is dated after an opt-out ends it. When it was recorded after the opt-out, it must be
 * a `reinstated` one, whose proof is new. When it was recorded before the opt-out, the opt-out must have come from a
 * file with its date, since a person's own STOP counts from its commit, and its basis must be consent: the date of
 * another basis may be merely the day on which it was read.
 */
const endsOptOut = (event: ConsentEvent, barrier: ConsentEvent): boolean =>
  barrier.id < event.id
    ? event.kind === 'reinstated'
    : barrier.method === 'import' && event.basis === 'consent';

/** Returns the history with opt-outs in force; the first of them is shown as the reason. */
function afterOptOuts(barriers: readonly ConsentEvent[], before: ConsentStatus | undefined): ConsentHistory {
  const [first] = barriers;
  if (first === undefined) return { barriers, status: before };
  const why = first.kind === 'objected' ? 'SUPPRESSED' : 'CONSENT_WITHDRAWN';
  return { barriers, status: unsendable(why, first) };
}

const sendable = (event: ConsentEvent): ConsentStatus => ({
  sendable: true,
  why: null,
  basis: event.basis,
  since: event.occurredAt,
  wordingId: event.wordingId,
  eventId: event.id,
});

const unsendable = (why: ExclusionReason, event: ConsentEvent): ConsentStatus => ({
  ...sendable(event),
  sendable: false,
  why,
});
