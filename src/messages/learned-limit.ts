/** What answers taught of a limit that an operator never told. */
export interface Learned {
  /** Messages a second that it took without complaint, or should. */
  readonly base: number;
  /** Epoch milliseconds of the machine at which it last complained. */
  readonly since: number;
  /** How often it complained. */
  readonly hits: number;
}

/** What is known at a complaint. */
export interface Complaint {
  readonly now: number;
  /** Messages that it took within the last second. */
  readonly accepted: number;
  /** Messages a second that it said it takes, if it did. */
  readonly told?: number | undefined;
}

/** Complaints about what was written before the last lesson teach nothing new. */
const SETTLES_MS = 1_500;
/** The first lesson may be too low by far: more is tried soon. */
const FIRST_REST_MS = 2_000;
const FIRST_GROWTH = 1.05;
/** Later lessons are close: more is tried seldom, and less often each time that it was too much. */
const REST_MS = 20_000;
const LONGEST_REST_MS = 600_000;
/** Small steps: what is tried costs one refused message or two. */
const STEP = 0.01;
const BACK = 0.97;

/** Messages a second that an account may be tried with now; whole, at least one. */
export function limitAt({ base, since, hits }: Learned, now: number): number {
  if (hits <= 1) {
    const seconds = Math.max(0, now - since - FIRST_REST_MS) / 1_000;
    return Math.max(1, Math.floor(base * FIRST_GROWTH ** Math.min(seconds, 200)));
  }
  const rest = Math.min(LONGEST_REST_MS, REST_MS * 2 ** Math.min(hits - 2, 10));
  const seconds = Math.max(0, now - since - rest) / 1_000;
  return Math.max(1, Math.floor(base + seconds * Math.max(1, base * STEP)));
}

/**
 * The lesson of one complaint: a little less than what was tried; half, where little was taken.
 *
 * None, where nothing is known and nothing was taken: that is no limit, but a no.
 */
export function learnt(known: Learned | undefined, { now, accepted, told }: Complaint): Learned | undefined {
  if (known === undefined && accepted === 0) return undefined;
  if (known === undefined && told === undefined) return { base: Math.max(1, accepted), since: now, hits: 1 };
  // What was told is nearly true: a clock or a network was late.
  if (known === undefined) return { base: Math.max(1, lessThan(told ?? 1)), since: now, hits: 2 };
  if (now - known.since < SETTLES_MS) return known;
  const tried = limitAt(known, now);
  const less = lessThan(tried);
  // What stood for a while is not given up for a trial beyond it.
  const base =
    tried > known.base
      ? Math.max(known.base, less)
      : Math.min(less, Math.max(accepted, Math.floor(tried / 2)));
  return { base: Math.max(1, base), since: now, hits: known.hits + 1 };
}

const lessThan = (tried: number): number => Math.min(Math.floor(tried * BACK), tried - 1);
