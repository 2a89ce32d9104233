import type { Basis } from '../../law/index.ts';
import {
  covers,
  type ConsentEvent,
  type ConsentKind,
  type ConsentPurpose,
  type Scope,
} from './consent-event.ts';
import type { ExclusionReason } from '../eligibility/exclusion.ts';

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
  return story.reduce<ConsentHistory>(after, { status: undefined, barriers: [] });
}

const leaves = ({ kind }: ConsentEvent): boolean => kind === 'withdrawn' || kind === 'objected';

/** Orders acts by date; an opt-out follows an agreement of the same instant. */
const byDate = (one: ConsentEvent, other: ConsentEvent): number => (rank(one) < rank(other) ? -1 : 1);

const rank = (event: ConsentEvent): string => `${event.occurredAt}${leaves(event) ? 1 : 0}${event.id}`;

const after = (now: ConsentHistory, event: ConsentEvent): ConsentHistory => effects[event.kind](now, event);

/** The effect of each kind of act on a consent. */
const effects: Readonly<Record<ConsentKind, (now: ConsentHistory, event: ConsentEvent) => ConsentHistory>> = {
  withdrawn: (now, event) => optedOut([...now.barriers, event], now.status),
  objected: (now, event) => optedOut([...now.barriers, event], now.status),
  granted: (now, event) => agreeing(now, event),
  confirmed: (now, event) => agreeing(now, event),
  reinstated: (now, event) => agreeing(now, event),
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
