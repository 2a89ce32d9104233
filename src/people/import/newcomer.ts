import type { DateTime } from 'luxon';
import { isSimulated, type Sealer, type SealedPeople, type Transaction } from '../../platform/index.ts';
import { hasGuardian, tooYoung, type Grant } from '../consent/grant-criteria.ts';
import { proofText } from '../consent/consent-account.ts';
import { eventDigest, exactMillis, exactInstant, type ConsentPurpose } from '../../person/index.ts';
import type { ContactDraft, ContactDeps } from '../contact/contact.repository.ts';
import { whyNot, type Known } from '../eligibility/eligibility.repository.ts';
import type { ExclusionReason } from '../../words/index.ts';
import type { RowGrant, RowReading, ReadRow } from '../../reading/index.ts';
import {
  withIndex,
  copyOfNewcomers,
  insertNewcomers,
  type NewcomerAct,
  type SealedColumns,
  type Newcomer,
  type Arrival,
  type NewcomerCopy,
} from './newcomer.repository.ts';
import type { Granted } from '../consent/record-consents.ts';
import { newcomerDraft, type Home, type Upserted } from '../contact/upsert-contacts.ts';

/** The person of a row who may be new. */
export interface NewcomerCandidate {
  readonly draft: ContactDraft;
  readonly acts: readonly TimedProof[];
}

/** The proof of one agreement, before it is sealed. */
interface TimedProof {
  readonly occurredAt: string;
  readonly occurredMs: number;
  readonly text: string;
}

/** Returns the person of a row as a candidate; undefined when the row needs more than an insertion. */
export function candidateOf(
  deps: ContactDeps,
  { home, nowMs }: { readonly home: Home; readonly nowMs: number },
  { person, grants, withdrawal, problem }: RowReading,
): NewcomerCandidate | undefined {
  if (person === undefined || withdrawal !== undefined || problem !== undefined) return undefined;
  const acts = grants.map(timedProof);
  if (acts.some(({ occurredMs }) => !(occurredMs <= nowMs))) return undefined;
  return { draft: newcomerDraft(deps, home, person), acts };
}

function timedProof({ method, grantedAt, evidence }: RowGrant): TimedProof {
  const occurredMs = Date.parse(grantedAt);
  const occurredAt = exactMillis(occurredMs);
  const text = proofText({ method: method ?? null, channel: null, occurredAt, evidence });
  return { occurredAt, occurredMs, text };
}

/** Seals candidates, while the previous merge is written; returns them in order. */
export async function newcomersOf(
  { keys, clock }: ContactDeps,
  sealer: Pick<Sealer, 'seal'>,
  candidates: readonly NewcomerCandidate[],
): Promise<readonly Newcomer[]> {
  const indexedUnder = keys.indexState;
  const sealed = await sealer.seal({
    keys: keys.sealing,
    machineMs: clock.machine(),
    phones: joinLines(candidates.map(({ draft }) => draft.person.phone)),
    people: joinLines(candidates.map(({ draft }) => JSON.stringify(draft.person))),
    acts: candidates.map(({ acts }) => acts.length),
    proofs: joinLines(candidates.flatMap(({ acts }) => acts.map(({ text }) => text))),
  });
  return newcomersIn(sealed, { candidates, indexedUnder });
}

/** Joins texts by line ends: ids, digests and JSON have none. */
const joinLines = (texts: readonly string[]): string => texts.join('\n');

function newcomersIn(
  { bytes, ends, ids, eventIds, proofDigests }: SealedPeople,
  {
    candidates,
    indexedUnder,
  }: { readonly candidates: readonly NewcomerCandidate[]; readonly indexedUnder: unknown },
): Newcomer[] {
  const [people, events, digests] = [ids.split('\n'), eventIds.split('\n'), proofDigests.split('\n')];
  let [piece, event] = [0, 0];
  const next = (): SealedColumns => ({ bytes, from: ends[piece - 1] ?? 0, to: ends[piece++] ?? 0 });
  return candidates.map(({ draft, acts }, index) => ({
    id: people[index] ?? '',
    columns: next(),
    draft,
    acts: acts.map(({ occurredAt, occurredMs }) => {
      const [eventId = '', proofDigest = ''] = [events[event], digests[event++]];
      return { eventId, occurredAt, occurredMs, proofDigest, columns: next() };
    }),
    indexedUnder,
  }));
}

/** Returns the newcomer with the blind index of the current keys, which may have been replaced since it was sealed. */
const withCurrentIndex = ({ keys }: Pick<ContactDeps, 'keys'>, newcomer: Newcomer): Newcomer =>
  newcomer.indexedUnder === keys.indexState
    ? newcomer
    : { ...newcomer, columns: withIndex(newcomer.columns, keys.phoneIndex(newcomer.draft.person.phone)) };

/** Builds the acts of a newcomer, who has no others, with the result of each grant. */
function actsOf(
  { keys }: Pick<ContactDeps, 'keys'>,
  { newcomer, grants }: { readonly newcomer: Newcomer; readonly grants: readonly Grant[] },
  {
    recordedAt,
    at,
    simulated,
  }: { readonly recordedAt: string; readonly at: DateTime; readonly simulated: boolean },
): readonly { readonly act: NewcomerAct; readonly answer: Granted }[] {
  return newcomer.acts.flatMap((sealed, index) => {
    const grant = grants[index];
    if (grant === undefined) return [];
    const { basis = 'consent', purpose, method = null, wordingId = null, actor, evidence } = grant;
    const { eventId: id, occurredAt, occurredMs, proofDigest, columns } = sealed;
    const isUnderAge = basis === 'consent' && !hasGuardian(evidence) && tooYoung(newcomer.draft, occurredAt);
    const event = {
      id,
      contactId: newcomer.id,
      purpose,
      kind: 'granted' as const,
      basis,
      method,
      channel: null,
      wordingId,
      proof: 'held' as const,
      occurredAt,
      recordedAt,
      actor,
      barred: isUnderAge ? ('MINOR' as const) : null,
      proofDigest,
      simulated,
    };
    // A person's only agreement is valid unless its own event excludes it.
    const why = event.barred;
    const digest = eventDigest(keys.tenantId, event);
    const act = { event, columns, occurredMs, digest, sendable: why === null, why };
    const agreement = { sendable: why === null, why, basis, since: occurredAt, wordingId };
    const judged = eligibilityAt({ ...newcomer.draft, simulated }, agreement, { purpose, at });
    return [{ act, answer: { kind: 'recorded', eventId: id, ...judged, reinstated: false } as const }];
  });
}

/** Computes a newcomer's eligibility at an instant: the basis was found open when the row was judged, and the number is not suppressed. */
function eligibilityAt(
  contact: ContactDraft & { readonly simulated: boolean },
  agreement: NonNullable<Known['agreement']>,
  { purpose, at }: { readonly purpose: ConsentPurpose; readonly at: DateTime },
): { readonly sendable: boolean; readonly why: ExclusionReason | null } {
  const known = { contact, agreement, isSuppressed: false, bases: { [purpose]: agreement.basis } };
  const why = whyNot(known, { purpose, at, fake: true });
  return { sendable: why === null, why };
}

/** A row as read, with its person sealed where they may be new. */
export interface SealedReading extends ReadRow {
  readonly newcomer?: Newcomer | undefined;
}

/** A judged row, with the grants that remain of it. */
export interface Arriving {
  readonly row: SealedReading;
  /** Without the id of the person, who may be new. */
  readonly grants: readonly Grant[];
}

/** The people who were inserted and the results of their grants, by line. */
export type Newcomers = ReadonlyMap<
  number,
  { readonly contact: Upserted; readonly answers: readonly Granted[] }
>;

/** The newcomers of a merge, ready to be written, with the results for those who turn out to be new. */
export interface Arrivals {
  readonly arrival: Arrival;
  readonly copy: NewcomerCopy;
  readonly arrivals: readonly {
    readonly line: number;
    readonly id: string;
    readonly answers: readonly Granted[];
  }[];
  /** The index keys and the clock's revision under which this was computed; when they change it is computed anew. */
  readonly under: readonly [indexes: unknown, clockRevision: number];
}

/** The judged rows of a merge that have a person. */
interface Drafted {
  readonly importId: string;
  readonly drafts: readonly Arriving[];
}

/** Prepares the newcomers while the previous merge is written. */
export function arrivalsOf(deps: ContactDeps, { importId, drafts }: Drafted): Arrivals {
  const now = deps.clock.now();
  const arrival = { importId, at: now.toISO(), simulated: isSimulated(deps.clock) };
  const recorded = { recordedAt: exactInstant(now), at: now, simulated: arrival.simulated };
  const people = unshared(drafts).map(({ newcomer, grants, row: { line } }) => {
    const here = withCurrentIndex(deps, newcomer);
    return { line, newcomer: here, acts: actsOf(deps, { newcomer: here, grants }, recorded) };
  });
  return {
    arrival,
    copy: copyOfNewcomers(
      people,
      people.flatMap(({ acts }) => acts.map(({ act }) => act)),
    ),
    arrivals: people.map(({ line, newcomer: { id }, acts }) => ({
      line,
      id,
      answers: acts.map(({ answer }) => answer),
    })),
    under: computedUnder(deps),
  };
}

const computedUnder = ({ keys, clock }: ContactDeps): Arrivals['under'] => [keys.indexState, clock.revision];

/**
 * Writes newcomers with their agreements, in bulk; returns them by line. A number that has a holder or is suppressed
 * is left out, since its history decides.
 */
export async function receiveNewcomers(
  tx: Transaction,
  deps: ContactDeps,
  { ready: given, ...drafted }: Drafted & { readonly ready?: Arrivals },
): Promise<Newcomers> {
  const ready = given ?? arrivalsOf(deps, drafted);
  const isCurrent = computedUnder(deps).every((one, index) => one === ready.under[index]);
  const { arrival, copy, arrivals } = isCurrent ? ready : arrivalsOf(deps, drafted);
  if (arrivals.length === 0) return new Map();
  const known = await insertNewcomers(tx, arrival, copy);
  return new Map(
    arrivals
      .filter(({ id }) => !known.has(id))
      .map(({ line, id, answers }) => [
        line,
        { contact: { id, outcome: 'created', nameConflict: false }, answers },
      ]),
  );
}

/** Returns the newcomers whose number only one of the rows has; rows that share a number are merged one by one. */
function unshared(drafts: readonly Arriving[]): (Arriving & { readonly newcomer: Newcomer })[] {
  const [met, repeated] = [new Set<string>(), new Set<string>()];
  for (const { row } of drafts) {
    const { phone = '' } = row.reading;
    (met.has(phone) ? repeated : met).add(phone);
  }
  return drafts.flatMap(({ row, grants }) => {
    const { newcomer, reading } = row;
    const isAlone = !repeated.has(reading.phone ?? '');
    return newcomer !== undefined && isAlone ? [{ row, grants, newcomer }] : [];
  });
}
