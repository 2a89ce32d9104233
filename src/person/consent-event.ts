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

/** One act of consent or opt-out, as the ledger keeps it. */
export interface ConsentEvent {
  /** Sorts a person's events in order of recording. */
  readonly id: string;
  readonly contactId: string | null;
  readonly purpose: Scope;
  readonly kind: ConsentKind;
  readonly basis: Basis;
  /** The method of the agreement; `import` also marks an opt-out from a file, which counts by its date. */
  readonly method: string | null;
  readonly channel: string | null;
  readonly wordingId: string | null;
  readonly proof: 'held' | 'attested' | 'none';
  /** In the format of `exactInstant`. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  /** The reason why the act gives no right to send, though it was recorded. */
  readonly barred: 'MINOR' | null;
  /** Hexadecimal. */
  readonly proofDigest: string | null;
  readonly simulated: boolean;
}

/** Writes an instant to the microsecond, as PostgreSQL keeps it and as digests read it. */
export function exactInstant(at: DateTime): string {
  const iso = at.toUTC().toISO();
  return iso === null ? at.toString() : `${iso.slice(0, -1)}000Z`;
}

/** Writes epoch milliseconds in the same format. */
export const exactMillis = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, -1)}000Z`;

/** Returns the ISO instant for answers. */
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

/** A purpose that needs a basis; answers to a person's own message need none. */
export type ConsentPurpose = Exclude<Purpose, 'acknowledgement' | 'confirmation'>;

/** Every purpose that needs a basis. */
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

/** The purposes inside a scope. */
export const purposesIn = (scope: Scope): readonly ConsentPurpose[] =>
  CONSENT_PURPOSES.filter((purpose) => covers(scope, purpose));

/** The methods of giving an agreement. */
export const METHODS = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'] as const;

export type Method = (typeof METHODS)[number];

/** The evidence of an agreement: references, addresses, names of fields of the caller. */
export type Evidence = Readonly<Record<string, string>>;

/** The evidence that each method requires; any one of a group is enough. */
const asked: Readonly<Record<Method, readonly (readonly string[])[]>> = {
  web_form: [['formUrl'], ['ip', 'userAgent']],
  paper: [['documentRef']],
  event: [['documentRef']],
  oral: [['recordingRef'], ['operator']],
  sms_keyword: [['messageRef'], ['keyword']],
  import: [['source'], ['documentRef']],
};

/** Lists the fields that would complete a proof; `ip|userAgent` means either. */
export function missingFields(method: Method, evidence: Evidence): string[] {
  return asked[method]
    .filter((group) => !group.some((field) => present(evidence[field])))
    .map((group) => group.join('|'));
}

/** A proof with its date, for comparison. */
export interface DatedProof {
  readonly evidence: Evidence;
  /** ISO instant. */
  readonly occurredAt: string;
}

/**
 * Says whether a proof differs from every earlier one of the person. It is compared by its document; without one,
 * by the form, its time and its address together, and by something besides the time: a synchronisation sends the
 * old answers again with the time of last night.
 */
export function isNewProof(proof: DatedProof, earlier: readonly DatedProof[]): boolean {
  const shown = new Set(earlier.flatMap(marksOf));
  const own = decisiveMarks(proof);
  return own.length > 0 && own.every((mark) => !shown.has(mark));
}

/** Returns every mark by which a later proof is recognized as this one. */
const marksOf = (proof: DatedProof): string[] => [...documentMarks(proof), ...formMarks(proof)];

/** Returns the marks that must be new for a proof to be new; empty where nothing could show that it is. */
function decisiveMarks(proof: DatedProof): string[] {
  const byDocument = documentMarks(proof);
  return byDocument.length > 0 ? byDocument : formMarks(proof);
}

function documentMarks({ evidence: { documentRef } }: DatedProof): string[] {
  return present(documentRef) ? [`documentRef|${documentRef}`] : [];
}

function formMarks({ evidence, occurredAt }: DatedProof): string[] {
  const { formUrl, ip } = evidence;
  if (!present(formUrl) || !present(ip)) return [];
  const fields = Object.entries(evidence).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [`form|${JSON.stringify([formUrl, occurredAt, ip])}`, `evidence|${JSON.stringify(fields)}`];
}

const present = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';

/** The basis that a tenant chose for a purpose, where it is not consent. */
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

/** One opening or closing of advertising to a tenant's customers; a closing may lack its opening. */
export interface CustomersTurn {
  /** ISO instant. */
  readonly at: string;
  readonly isOpen: boolean;
}

/** Says whether advertising to customers was open at an instant, by changes in order; the present state without any. */
export function customersOpenAt(turns: readonly CustomersTurn[], at: DateTime, isOpenNow: boolean): boolean {
  const before = turns.findLast((turn) => DateTime.fromISO(turn.at) <= at);
  if (before !== undefined) return before.isOpen;
  // Before its first change the setting had the opposite value.
  const [first] = turns;
  return first === undefined ? isOpenNow : !first.isOpen;
}

/** The fields that would prove a basis other than consent. */
export function missingForBasis(
  purpose: ConsentPurpose,
  basis: Exclude<Basis, 'consent'>,
  evidence: Evidence,
): string[] {
  const lacks = (field: string): boolean => !present(evidence[field]);
  if (basis === 'contract') return ['contractRef'].filter(lacks);
  if (purpose !== 'marketing') return ['justification'].filter(lacks);
  const offered = evidence['refusalOffered'] === 'true' ? [] : ['refusalOffered'];
  return [...SALE.filter(lacks), ...offered];
}

/** Returns keyed digests that identify a proof: kept with a suppression when the proofs are removed. */
export const spentMarks = (keys: Pick<TenantKeys, 'digest'>, proof: DatedProof): string[] =>
  marksOf(proof).map((mark) => digestOf(keys, mark));

/** Says whether a person since erased already showed this proof: then it ends no suppression. */
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

/** A person's consent for a purpose, and the act that decides it. */
export interface ConsentStatus {
  readonly sendable: boolean;
  /** Present exactly when not sendable. */
  readonly why: ExclusionReason | null;
  readonly basis: Basis;
  readonly since: string;
  readonly wordingId: string | null;
  readonly eventId: string;
}

/** A suppression and the instant of its lifting. */
export interface SuppressionFact {
  readonly id: string;
  readonly scope: Scope;
  readonly since: string;
  readonly liftedAt: string | null;
}

/** The facts that decide a consent. */
export interface ConsentFacts {
  readonly events: readonly ConsentEvent[];
  readonly suppressions: readonly SuppressionFact[];
}

/** Derives the consent for a purpose from the facts; undefined when no act concerns the purpose. */
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
  const left = historyOf(facts.events, purpose).barriers.map(({ occurredAt }) => ({ at: occurredAt }));
  return [...left, ...inForce(facts.suppressions, purpose).map(({ since }) => ({ at: since }))];
}

/** Returns the facts as of an instant. */
export function factsAt({ events, suppressions }: ConsentFacts, at: string): ConsentFacts {
  return {
    events: events.filter(({ occurredAt }) => occurredAt <= at),
    suppressions: suppressions
      .filter(({ since }) => since <= at)
      .map((one) => (one.liftedAt !== null && one.liftedAt > at ? inForceAgain(one) : one)),
  };
}

const inForceAgain = (suppression: SuppressionFact): SuppressionFact => ({ ...suppression, liftedAt: null });

/** Says whether the number is suppressed for a purpose. */
export const isSuppressed = ({ suppressions }: ConsentFacts, purpose: ConsentPurpose): boolean =>
  inForce(suppressions, purpose).length > 0;

const inForce = (suppressions: readonly SuppressionFact[], purpose: ConsentPurpose): SuppressionFact[] =>
  suppressions
    .filter(({ scope, liftedAt }) => liftedAt === null && covers(scope, purpose))
    .toSorted((one, other) => (one.since < other.since ? -1 : 1));

interface ConsentHistory {
  readonly status: ConsentStatus | undefined;
  readonly barriers: readonly ConsentEvent[];
}

function historyOf(events: readonly ConsentEvent[], purpose: ConsentPurpose): ConsentHistory {
  const story = events.filter((event) => covers(event.purpose, purpose)).toSorted(byDate);
  return story.reduce<ConsentHistory>((now, event) => effects[event.kind](now, event), {
    status: undefined,
    barriers: [],
  });
}

const leaves = ({ kind }: ConsentEvent): boolean => kind === 'withdrawn' || kind === 'objected';

/** Orders acts by date; an opt-out follows an agreement of the same instant. */
const byDate = (one: ConsentEvent, other: ConsentEvent): number => (rank(one) < rank(other) ? -1 : 1);

const rank = (event: ConsentEvent): string => `${event.occurredAt}${leaves(event) ? 1 : 0}${event.id}`;

/** The effect of each kind of act on a consent. */
const effects: Readonly<Record<ConsentKind, (now: ConsentHistory, event: ConsentEvent) => ConsentHistory>> = {
  withdrawn: (now, event) => optedOut([...now.barriers, event], now.status),
  objected: (now, event) => optedOut([...now.barriers, event], now.status),
  granted: agreeing,
  confirmed: agreeing,
  reinstated: agreeing,
  pending: (now, event) => (couldSend(now) ? now : settled(now, 'CONSENT_PENDING', event)),
  refused: (now, event) => settled(now, couldSend(now) ? 'CONSENT_WITHDRAWN' : 'NO_BASIS', event),
  expired: (now, event) => settled(now, event.barred ?? 'CONSENT_EXPIRED', event),
};

const couldSend = ({ status }: ConsentHistory): boolean => status?.sendable === true;

/** Only a proven return changes the effect of an opt-out. */
const settled = (now: ConsentHistory, why: ExclusionReason, event: ConsentEvent): ConsentHistory =>
  now.barriers.length > 0 ? now : { ...now, status: not(why, event) };

function agreeing(now: ConsentHistory, event: ConsentEvent): ConsentHistory {
  const barriers = now.barriers.filter((barrier) => !outlives(event, barrier));
  if (barriers.length > 0) return optedOut(barriers, now.status);
  if (event.barred === null) return { barriers, status: sendable(event) };
  return couldSend(now) ? now : { barriers, status: not(event.barred, event) };
}

/**
 * Says whether an agreement dated after an opt-out ends it. A proven return does, for opt-outs recorded before it.
 * An agreement known before the opt-out does only when a file gave the opt-out with its date: a person's own STOP
 * counts from its commit. An agreement on another basis never does: its date may be merely the day on which it was
 * read.
 */
const outlives = (event: ConsentEvent, barrier: ConsentEvent): boolean =>
  barrier.id < event.id
    ? event.kind === 'reinstated'
    : barrier.method === 'import' && event.basis === 'consent';

/** Returns the first opt-out in force, which is the one to show. */
function optedOut(barriers: readonly ConsentEvent[], before: ConsentStatus | undefined): ConsentHistory {
  const [first] = barriers;
  if (first === undefined) return { barriers, status: before };
  const why = first.kind === 'objected' ? 'SUPPRESSED' : 'CONSENT_WITHDRAWN';
  return { barriers, status: not(why, first) };
}

const sendable = (event: ConsentEvent): ConsentStatus => ({
  sendable: true,
  why: null,
  basis: event.basis,
  since: event.occurredAt,
  wordingId: event.wordingId,
  eventId: event.id,
});

const not = (why: ExclusionReason, event: ConsentEvent): ConsentStatus => ({
  ...sendable(event),
  sendable: false,
  why,
});
