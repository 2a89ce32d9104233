import { DateTime } from 'luxon';
import { millisOf, type Transaction, type RefusalCode } from '../../platform/index.ts';
import { ATTESTED_FOR, type Basis } from '../../law/index.ts';
import { frenchDay } from '../../rule/index.ts';
import {
  consentStatusOf,
  isOpenBasis,
  missingForBasis,
  missingFields,
  CONSENT_PURPOSES,
  type ChosenBases,
  type Channel,
  type ConsentPurpose,
  type Evidence,
  type Method,
  type DatedProof,
  neededGuardian,
  clockOf,
} from '../../person/index.ts';
import {
  readChosenBases,
  refusesWeakWordings,
  writeRecord,
  readProofs,
  type KeptEvent,
} from './consent.repository.ts';
import type { ContactDeps, Contact } from '../contact/contact.repository.ts';
import { readWordings, type Wording } from './wording.repository.ts';
import {
  appendAct,
  changedStatuses,
  openAccounts,
  openedProof,
  type ConsentAccount,
} from './consent-account.ts';

/**
 * How far a form has confirmed that its author holds the number. `ticked`: not yet, so nothing is agreed.
 * `unconfirmed`: the form asks for no confirmation, so it ends nobody's STOP. `confirmed`: the holder of the number
 * ticked the box at that ISO instant.
 */
export type FormProgress =
  | { readonly step: 'ticked' | 'unconfirmed' }
  | { readonly step: 'confirmed'; readonly tickedAt: string };

/** One agreement to record, or another basis for writing to a person. */
export interface Grant {
  readonly contactId: string;
  readonly purpose: ConsentPurpose;
  /** `consent` when absent. */
  readonly basis?: Basis | undefined;
  /** Required for `consent`. */
  readonly method?: Method | undefined;
  readonly wordingId?: string | undefined;
  /** ISO instant of the act. */
  readonly grantedAt: string;
  readonly evidence: Evidence;
  /** Set when the date is unknown: the same proof again is the same act, whenever it comes. */
  readonly undated?: boolean | undefined;
  /** True when the caller's own record serves as the proof: enough for reminders, never for marketing. */
  readonly attested?: boolean | undefined;
  readonly channel?: Channel | undefined;
  /** The id of the event, when the caller hands back an act that this ledger recorded before. */
  readonly recordedAs?: string | undefined;
  readonly actor: string;
  /** Set when a form of ours received the agreement; absent when a caller reports it. */
  readonly seen?: FormProgress | undefined;
}

/** The tolerated lead of callers' clocks, in milliseconds. */
const TOLERATED_AHEAD_MS = 120_000;

export interface GrantRefusal {
  readonly code: RefusalCode;
  /** The fields that would complete it. */
  readonly missing?: readonly string[];
}

/** The wordings and settings against which a grant is checked. */
export interface GrantCriteria {
  readonly wordings: ReadonlyMap<string, Wording>;
  readonly bases: ChosenBases;
  /** True when incomplete wordings are refused. */
  readonly refusesWeak: boolean;
  readonly now: DateTime<true>;
}

/** What an accepted grant rests on. */
export interface GrantBasis {
  readonly basis: Basis;
  readonly proof: 'held' | 'attested';
  readonly grantedAt: DateTime;
}

/** Reads the wordings that grants cite, and the bases that the tenant opened. */
export async function readGrantCriteria(
  tx: Transaction,
  { clock }: ContactDeps,
  grants: readonly Grant[],
): Promise<GrantCriteria> {
  const cited = new Set(grants.flatMap(({ wordingId }) => wordingId ?? []));
  const wordings = await readWordings(tx, [...cited]);
  const usesOther = grants.some(({ basis = 'consent' }) => basis !== 'consent');
  return {
    wordings: new Map(wordings.map((wording) => [wording.id, wording])),
    bases: usesOther ? await readChosenBases(tx) : {},
    refusesWeak: wordings.some(isWeak) && (await refusesWeakWordings(tx)),
    now: clock.now(),
  };
}

const isWeak = ({ findings }: Wording): boolean => findings.length > 0;

/** Checks a grant: returns what it rests on, or the reason for its refusal. */
export function grantBasisOf(criteria: GrantCriteria, grant: Grant): GrantBasis | GrantRefusal {
  const checked = basisAndProof(criteria, grant);
  if ('code' in checked) return checked;
  const grantedAt = DateTime.fromISO(grant.grantedAt, { setZone: true });
  if (!grantedAt.isValid) return { code: 'DATE_INVALID' };
  return { ...checked, grantedAt: DateTime.min(grantedAt, criteria.now) };
}

/** Returns the reason why a grant cannot be recorded; it does without reading the date by a calendar. */
export function refusalOf(criteria: GrantCriteria, grant: Grant): GrantRefusal | undefined {
  const checked = basisAndProof(criteria, grant);
  return 'code' in checked ? checked : undefined;
}

function basisAndProof(criteria: GrantCriteria, grant: Grant): Omit<GrantBasis, 'grantedAt'> | GrantRefusal {
  const [grantedAt, now] = [millisOf(grant.grantedAt), criteria.now.toMillis()];
  if (!(grantedAt <= now + TOLERATED_AHEAD_MS)) return { code: 'DATE_INVALID' };
  const { basis = 'consent' } = grant;
  const proof =
    basis === 'consent'
      ? consentProof(criteria, grant, Math.min(grantedAt, now))
      : basisProof(criteria, grant, basis);
  return typeof proof === 'string' ? { basis, proof } : proof;
}

function consentProof(criteria: GrantCriteria, grant: Grant, at: number): GrantBasis['proof'] | GrantRefusal {
  const wording = grant.wordingId === undefined ? undefined : criteria.wordings.get(grant.wordingId);
  if (grant.wordingId !== undefined && wording === undefined) return { code: 'WORDING_NOT_FOUND' };
  const evidence = grant.method === undefined ? ['method'] : missingFields(grant.method, grant.evidence);
  if (wording === undefined) return { code: 'CONSENT_PROOF_INCOMPLETE', missing: ['wordingId', ...evidence] };
  if (evidence.length > 0 && !isAttested(grant, criteria.now))
    return { code: 'CONSENT_PROOF_INCOMPLETE', missing: evidence };
  if (!serves(wording, grant, at)) return { code: 'WORDING_NOT_IN_USE' };
  if (criteria.refusesWeak && isWeak(wording)) return { code: 'WORDING_WEAK' };
  return evidence.length === 0 ? 'held' : 'attested';
}

/** Says whether the caller's own record is proof enough: for reminders alone, never for advertising. */
const isAttested = ({ attested, purpose, method }: Grant, now: DateTime): boolean =>
  attested === true && ATTESTED_FOR.on(frenchDay(now)).some((one) => one === purpose) && method !== undefined;

/** Says whether the wording asks for this purpose and was in use at that moment. */
function serves(wording: Wording, { purpose }: Grant, at: number): boolean {
  const before = wording.inUseFrom !== null && at < millisOf(wording.inUseFrom);
  const after = wording.inUseUntil !== null && at > millisOf(wording.inUseUntil);
  return wording.purposes.includes(purpose) && !before && !after;
}

function basisProof(
  criteria: GrantCriteria,
  grant: Grant,
  basis: Exclude<Basis, 'consent'>,
): GrantBasis['proof'] | GrantRefusal {
  if (!isOpenBasis({ purpose: grant.purpose, basis, on: frenchDay(criteria.now) }, criteria.bases))
    return { code: 'BASIS_NOT_ALLOWED' };
  const missing = missingForBasis(grant.purpose, basis, grant.evidence);
  return missing.length === 0 ? 'held' : { code: 'BASIS_NOT_PROVEN', missing };
}

/** Ends the agreements that people gave without the guardian whom they needed by their birth date. */
export async function barUnderAge(
  tx: Transaction,
  deps: ContactDeps,
  people: readonly Contact[],
): Promise<void> {
  const dated = people.filter(({ person }) => person.birthDate !== undefined);
  if (dated.length === 0) return;
  const accounts = await openAccounts(tx, dated);
  const doubtful = dated.filter((contact) => underAgeActs(contact, accounts.get(contact.id)).length > 0);
  if (doubtful.length === 0) return;
  const proofs = await earlierProofs(tx, doubtful, accounts);
  const events = doubtful.flatMap((contact) => {
    const account = accounts.get(contact.id);
    const guarded = new Set(
      (proofs.get(contact.id) ?? [])
        .filter(({ evidence }) => hasGuardian(evidence))
        .map(({ occurredAt }) => occurredAt),
    );
    return underAgeActs(contact, account)
      .filter(({ event }) => !guarded.has(event.occurredAt))
      .map(({ purpose, event: { wordingId } }) =>
        appendAct(deps, { account }, { purpose, kind: 'expired', wordingId, barred: 'MINOR' }),
      );
  });
  if (events.length === 0) return;
  const statuses = changedStatuses(accounts.values());
  await writeRecord(tx, { events, statuses, at: deps.clock.now().toISO() });
}

/** Says whether a proof names the guardian who agreed too. */
export const hasGuardian = (evidence: Evidence): boolean => (evidence['guardianRef'] ?? '').trim() !== '';

/** Returns the agreements in force that a minor gave without a guardian. */
function underAgeActs(
  contact: Contact,
  account: ConsentAccount | undefined,
): { readonly purpose: ConsentPurpose; readonly event: KeptEvent }[] {
  if (account === undefined) return [];
  return CONSENT_PURPOSES.flatMap((purpose) => {
    const status = consentStatusOf(account, purpose);
    const event = account.events.find(({ id }) => id === status?.eventId);
    return status?.sendable === true && event?.basis === 'consent' && tooYoung(contact, event.occurredAt)
      ? [{ purpose, event }]
      : [];
  });
}

/** Says whether the person needed a guardian at that instant, by their local date. */
export function tooYoung(contact: Pick<Contact, 'person' | 'place'>, at: string): boolean {
  if (contact.person.birthDate === undefined) return false;
  const on = DateTime.fromISO(at, { zone: clockOf(contact.place) }).toFormat('yyyy-MM-dd');
  return neededGuardian(contact.person.birthDate, on);
}

/** Opens all earlier proofs of these people. */
export async function earlierProofs(
  tx: Transaction,
  people: readonly Contact[],
  accounts: ReadonlyMap<string, ConsentAccount>,
): Promise<ReadonlyMap<string, DatedProof[]>> {
  const eventsOf = (id: string) => accounts.get(id)?.events ?? [];
  const sealed = await readProofs(
    tx,
    people.flatMap(({ id }) => eventsOf(id).map((event) => event.id)),
  );
  return new Map(
    people.map(({ id, key }) => {
      const proofs = eventsOf(id).flatMap((event) => {
        const proof = sealed.get(event.id);
        return proof === undefined ? [] : openedProof(key, event.id, proof);
      });
      return [id, proofs];
    }),
  );
}
