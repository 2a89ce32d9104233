/** What answers taught of a limit that an operator never told. */
export interface Learned {
  /** Messages a second that it took without complaint, or should. */
  readonly base: number;
  /** Epoch milliseconds of the machine at which it last complained. */
  readonly since: number;
  /** How often it complained of late. */
  readonly hits: number;
}

/** What is known at a complaint. */
export interface Complaint {
  readonly now: number;
  /** For how long the limit was used up since it might grow. */
  readonly usedMs: number;
  /** Messages a second that went well before it fell; those of the lesson when absent. */
  readonly good?: number | undefined;
  /** Messages that it took within the last second. */
  readonly accepted: number;
  /** Messages a second that it said it takes, if it did. */
  readonly told?: number | undefined;
}

/** Complaints about what was written before the last lesson teach nothing new. */
export const SETTLES_MS = 1_500;
/** The first lesson may be too low by far: more is tried soon. */
const FIRST_REST_MS = 2_000;
const FIRST_GROWTH = 1.05;
/** Later lessons are close: more is tried seldom, and less often each time that it was too much. */
const REST_MS = 20_000;
const LONGEST_REST_MS = 600_000;
const MOST_HITS = 7;
/** One complaint is forgotten for each such time without another. */
const FORGETS_MS = 600_000;
/** Small steps: what is tried costs one refused message or two. */
const STEP = 0.01;
const BACK = 0.97;
/** Where a limit stands it is met in small steps: only what they pass is climbed. */
const CAREFUL_S = 5;
/** A second's growth below half of what went well; a worker counts what was taken within a second, and must keep up. */
const CLIMB = 1.4;
/** From half of what went well to the whole of it: as steep at first as the climb before. */
const NEARS_S = 8;
/** Answers are late, and counted late: what was tried is more than what was taken by such a part of it at most. */
const UNCOUNTED = 10;

/**
 * Messages a second that an account may be tried with after so long at its limit; whole, at least one.
 *
 * `good` is what went well before it fell: what fell for nothing comes back to it, as CUBIC does.
 */
export function limitAt({ base, hits }: Learned, usedMs: number, good = base): number {
  const seconds = usedMs / 1_000;
  if (hits <= 1) return Math.max(1, Math.floor(base * FIRST_GROWTH ** Math.min(seconds, 200)));
  return Math.max(1, Math.floor(Math.max(stepwise(base, seconds), returning(base, good, seconds))));
}

const stepwise = (from: number, seconds: number): number => from + seconds * Math.max(1, from * STEP);

/** Climbs below half of what went well, draws near to it ever more slowly, and goes on from there in small steps. */
function returning(base: number, good: number, seconds: number): number {
  const since = seconds - CAREFUL_S;
  if (since <= 0 || good <= base) return base;
  const half = good / 2;
  const climbs = Math.max(0, Math.log(half / base) / Math.log(CLIMB));
  if (since < climbs) return base * CLIMB ** since;
  const left = NEARS_S * Math.cbrt((good - Math.max(base, half)) / half) - (since - climbs);
  return left > 0 ? good - half * (left / NEARS_S) ** 3 : stepwise(good, -left);
}

/** What went well before a lesson, for the trials after it; a trial that failed above half of that found a limit. */
export function goodAfter(known: Learned & { readonly good: number }, lesson: Learned): number {
  if (lesson.base < known.base) return Math.max(known.good, known.base);
  // Another worker drew a lesson from the same complaints: nothing was tried in between.
  const isSame = lesson.since - known.since < SETTLES_MS;
  return isSame || lesson.base < known.good / 2 ? known.good : lesson.base;
}

/** Whether the rest after a complaint is over. */
export function mayGrow({ since, hits }: Learned, now: number): boolean {
  const rest = hits <= 1 ? FIRST_REST_MS : Math.min(LONGEST_REST_MS, REST_MS * 2 ** (hits - 2));
  return now - since >= rest;
}

/**
 * The lesson of one complaint: a little less than what was tried; half, where little was taken.
 *
 * None, where nothing was taken: that is no limit, but a no.
 */
export function learnt(known: Learned | undefined, complaint: Complaint): Learned | undefined {
  const { now, accepted } = complaint;
  if (accepted === 0) return known;
  if (known === undefined) return first(complaint);
  if (now - known.since < SETTLES_MS) return known;
  const tried = triedAt(known, complaint);
  const less = lessThan(tried);
  // What stood for a while is not given up for a trial beyond it.
  if (tried > known.base) return { base: Math.max(known.base, less), since: now, hits: onceMore(known, now) };
  const base = Math.max(1, Math.min(less, Math.max(accepted, Math.floor(tried / 2))));
  // What no longer stands is another limit: trials beyond the old one say nothing of it.
  return { base, since: now, hits: 2 };
}

function first({ now, accepted, told }: Complaint): Learned {
  if (told === undefined) return { base: accepted, since: now, hits: 1 };
  // What was told is nearly true: a clock or a network was late.
  return { base: Math.max(1, lessThan(told)), since: now, hits: 2 };
}

const triedAt = (known: Learned, { usedMs, good, accepted, told }: Complaint): number =>
  Math.min(
    limitAt(known, usedMs, good),
    told ?? Infinity,
    Math.max(known.base, accepted + Math.ceil(accepted / UNCOUNTED)),
  );

const lessThan = (tried: number): number => Math.min(Math.floor(tried * BACK), tried - 1);

const onceMore = ({ since, hits }: Learned, now: number): number =>
  Math.min(MOST_HITS, Math.max(1, hits - Math.floor((now - since) / FORGETS_MS)) + 1);
