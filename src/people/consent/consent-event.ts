import { hash } from 'node:crypto';
import { DateTime } from 'luxon';
import { basisAllowed, type Basis } from '../../law/chapters/index.ts';
import type { Purpose, Day } from '../../law/index.ts';
import type { TenantKeys } from '../../platform/index.ts';

/** The kinds of consent events. */
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

/** One method of giving an agreement. */
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

/** A purpose and its possible basis, on a day. */
export interface BasisAsked {
  readonly purpose: ConsentPurpose;
  readonly basis: Basis;
  readonly on: Day;
}

/** Says whether a tenant may use a basis for a purpose (CON-01, CON-02). */
export function isOpenBasis({ purpose, basis, on }: BasisAsked, chosen: ChosenBases): boolean {
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
  const lacks = (field: string): boolean => (evidence[field] ?? '').trim() === '';
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
