import type { Basis } from '../../law/index.ts';
import type { ConsentEvent, ConsentKind } from './consent-event.ts';
import type { ExclusionReason } from '../eligibility/exclusion.ts';
import { covers, type ConsentPurpose, type Scope } from './purpose.ts';

/** Where a person stands for a purpose, and since which act. */
export interface Standing {
  readonly sendable: boolean;
  /** Present exactly when not sendable. */
  readonly why: ExclusionReason | null;
  readonly basis: Basis;
  readonly since: string;
  readonly wordingId: string | null;
  readonly eventId: string;
}

/** A number that must be left alone, and until when it was. */
export interface SuppressionFact {
  readonly id: string;
  readonly scope: Scope;
  readonly since: string;
  readonly liftedAt: string | null;
}

/** What decides of a standing. */
export interface Facts {
  readonly events: readonly ConsentEvent[];
  readonly suppressions: readonly SuppressionFact[];
}

/** The standing that the facts give; none when nothing was ever said for the purpose. */
export function standingOf(facts: Facts, purpose: ConsentPurpose): Standing | undefined {
  const standing = told(facts.events, purpose).standing;
  if (standing?.sendable !== true) return standing;
  const barrier = inForce(facts.suppressions, purpose)[0];
  return barrier ? { ...standing, sendable: false, why: 'SUPPRESSED', since: barrier.since } : standing;
}

/** What a new agreement would have to lift: leavings and suppressions still in force. */
export function barriersFor(facts: Facts, purpose: ConsentPurpose): readonly { readonly at: string }[] {
  const left = told(facts.events, purpose).barriers.map(({ occurredAt }) => ({ at: occurredAt }));
  return [...left, ...inForce(facts.suppressions, purpose).map(({ since }) => ({ at: since }))];
}

/** The facts as they were at an instant. */
export function factsAt({ events, suppressions }: Facts, at: string): Facts {
  return {
    events: events.filter(({ occurredAt }) => occurredAt <= at),
    suppressions: suppressions
      .filter(({ since }) => since <= at)
      .map((one) => (one.liftedAt !== null && one.liftedAt > at ? standingAgain(one) : one)),
  };
}

const standingAgain = (suppression: SuppressionFact): SuppressionFact => ({ ...suppression, liftedAt: null });

/** Whether the number is on the list of those to leave alone for a purpose. */
export const isSuppressed = ({ suppressions }: Facts, purpose: ConsentPurpose): boolean =>
  inForce(suppressions, purpose).length > 0;

const inForce = (suppressions: readonly SuppressionFact[], purpose: ConsentPurpose): SuppressionFact[] =>
  suppressions
    .filter(({ scope, liftedAt }) => liftedAt === null && covers(scope, purpose))
    .toSorted((one, other) => (one.since < other.since ? -1 : 1));

interface Told {
  readonly standing: Standing | undefined;
  readonly barriers: readonly ConsentEvent[];
}

function told(events: readonly ConsentEvent[], purpose: ConsentPurpose): Told {
  const story = events.filter((event) => covers(event.purpose, purpose)).toSorted(byDate);
  return story.reduce<Told>(after, { standing: undefined, barriers: [] });
}

const leaves = ({ kind }: ConsentEvent): boolean => kind === 'withdrawn' || kind === 'objected';

/** By the date of the act; a leaving comes after an agreement of the same instant. */
const byDate = (one: ConsentEvent, other: ConsentEvent): number => (rank(one) < rank(other) ? -1 : 1);

const rank = (event: ConsentEvent): string => `${event.occurredAt}${leaves(event) ? 1 : 0}${event.id}`;

const after = (now: Told, event: ConsentEvent): Told => effects[event.kind](now, event);

/** What each kind of act does to where the person stood. */
const effects: Readonly<Record<ConsentKind, (now: Told, event: ConsentEvent) => Told>> = {
  withdrawn: (now, event) => leaving([...now.barriers, event], now.standing),
  objected: (now, event) => leaving([...now.barriers, event], now.standing),
  granted: (now, event) => agreeing(now, event),
  confirmed: (now, event) => agreeing(now, event),
  reinstated: (now, event) => agreeing(now, event),
  pending: (now, event) => (couldSend(now) ? now : settled(now, 'CONSENT_PENDING', event)),
  refused: (now, event) => settled(now, couldSend(now) ? 'CONSENT_WITHDRAWN' : 'NO_BASIS', event),
  expired: (now, event) => settled(now, event.barred ?? 'CONSENT_EXPIRED', event),
};

const couldSend = ({ standing }: Told): boolean => standing?.sendable === true;

/** Nothing that is less than a proven return changes what a leaving says. */
const settled = (now: Told, why: ExclusionReason, event: ConsentEvent): Told =>
  now.barriers.length > 0 ? now : { ...now, standing: not(why, event) };

function agreeing(now: Told, event: ConsentEvent): Told {
  const barriers = now.barriers.filter((barrier) => !outlives(event, barrier));
  if (barriers.length > 0) return leaving(barriers, now.standing);
  if (event.barred === null) return { barriers, standing: sendable(event) };
  return couldSend(now) ? now : { barriers, standing: not(event.barred, event) };
}

/**
 * Whether an agreement dated after a leaving ends it.
 *
 * A proven return does, for what was recorded before it. An agreement known before the leaving does
 * only when a file told the leaving with its date: a person's own STOP counts from its commit. Another basis does
 * neither: it may date from the day when it was read alone.
 */
const outlives = (event: ConsentEvent, barrier: ConsentEvent): boolean =>
  barrier.id < event.id
    ? event.kind === 'reinstated'
    : barrier.method === 'import' && event.basis === 'consent';

/** The first leaving still in force is the one to show. */
function leaving(barriers: readonly ConsentEvent[], before: Standing | undefined): Told {
  const [first] = barriers;
  if (first === undefined) return { barriers, standing: before };
  const why = first.kind === 'objected' ? 'SUPPRESSED' : 'CONSENT_WITHDRAWN';
  return { barriers, standing: not(why, first) };
}

const sendable = (event: ConsentEvent): Standing => ({
  sendable: true,
  why: null,
  basis: event.basis,
  since: event.occurredAt,
  wordingId: event.wordingId,
  eventId: event.id,
});

const not = (why: ExclusionReason, event: ConsentEvent): Standing => ({
  ...sendable(event),
  sendable: false,
  why,
});
