import { DateTime } from 'luxon';
import { millisOf, type Transaction, type RefusalCode } from '../../platform/index.ts';
import { ATTESTED_FOR, type Basis } from '../../law/index.ts';
import { frenchDay } from '../../rule/index.ts';
import {
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
  stands,
  type ConsentAccount,
} from './consent-account.ts';

/**
 * The extent of a form's confirmation. `ticked`: the number may be anybody's, so nothing is agreed yet.
 * `unconfirmed`: the form asks for no confirmation, so it ends nobody's STOP. `confirmed`: the holder of the number
 * ticked at that ISO instant.
 */
export type FormProgress =
  | { readonly step: 'ticked' | 'unconfirmed' }
  | { readonly step: 'confirmed'; readonly tickedAt: string };

/** One agreement, or another basis, to record. */
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
  /** The id of this ledger's act, when the caller only returns it. */
  readonly recordedAs?: string | undefined;
  readonly actor: string;
  /** The form's record of the person; absent when a caller reports the agreement. */
  readonly seen?: FormProgress | undefined;
}

/** The tolerated lead of callers' clocks, in milliseconds. */
const TOLERATED_AHEAD_MS = 120_000;

/** The reason why a grant is not recorded. */
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

/** The wording and basis behind a grant. */
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

/** Returns the wording and basis behind a grant, or the reason for its refusal. */
export function grantBasisOf(criteria: GrantCriteria, grant: Grant): GrantBasis | GrantRefusal {
  const found = foundFor(criteria, grant);
  if ('code' in found) return found;
  const said = DateTime.fromISO(grant.grantedAt, { setZone: true });
  if (!said.isValid) return { code: 'DATE_INVALID' };
  return { ...found, grantedAt: DateTime.min(said, criteria.now) };
}

/** Returns the reason why a grant cannot be recorded; the calendar is not consulted. */
export function refusalOf(criteria: GrantCriteria, grant: Grant): GrantRefusal | undefined {
  const found = foundFor(criteria, grant);
  return 'code' in found ? found : undefined;
}

function foundFor(criteria: GrantCriteria, grant: Grant): Omit<GrantBasis, 'grantedAt'> | GrantRefusal {
  const [said, now] = [millisOf(grant.grantedAt), criteria.now.toMillis()];
  if (!(said <= now + TOLERATED_AHEAD_MS)) return { code: 'DATE_INVALID' };
  const { basis = 'consent' } = grant;
  const proof =
    basis === 'consent'
      ? consentProof(criteria, grant, Math.min(said, now))
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

/** The caller's record is enough for reminders, never for advertising. */
const isAttested = ({ attested, purpose, method }: Grant, now: DateTime): boolean =>
  attested === true && ATTESTED_FOR.on(frenchDay(now)).some((one) => one === purpose) && method !== undefined;

/** Says whether the wording asked for this purpose at that moment. */
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

/** Ends agreements that needed a guardian by a birth date learned since. */
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
      (proofs.get(contact.id) ?? []).filter((proof) => hasGuardian(proof.evidence)).map((p) => p.occurredAt),
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
    const status = stands(account, purpose);
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
      const shown = eventsOf(id).flatMap((event) => {
        const proof = sealed.get(event.id);
        return proof === undefined ? [] : openedProof(key, event.id, proof);
      });
      return [id, shown];
    }),
  );
}
