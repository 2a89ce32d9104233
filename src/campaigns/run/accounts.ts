/** The final accounts of an audience; the parts add up to `audience`. */
export interface AudienceCounts {
  readonly audience: number;
  /** Ready or on the wire. */
  readonly pending: number;
  /** Cumulative: delivered and undelivered messages included. */
  readonly accepted: number;
  readonly delivered: number;
  readonly undelivered: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly expired: number;
  readonly uncertain: number;
}

/** Count of messages in one state for one reason. */
export interface StateCount {
  readonly state: string;
  readonly reason: string | null;
  readonly count: number;
}

/** Builds the accounts from counts by state and reason. */
export function audienceCountsOf(counts: readonly StateCount[]): AudienceCounts {
  const sum = (...states: readonly string[]): number =>
    counts.filter(({ state }) => states.includes(state)).reduce((total, { count }) => total + count, 0);
  return {
    audience: counts.reduce((total, { count }) => total + count, 0),
    pending: sum('ready', 'submitting'),
    accepted: sum('accepted', 'delivered', 'undelivered'),
    delivered: sum('delivered'),
    undelivered: sum('undelivered'),
    excluded: Object.fromEntries(
      counts
        .filter(({ state, count }) => state === 'excluded' && count !== 0)
        .map(({ reason, count }) => [reason ?? 'UNKNOWN', count] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
    failed: sum('failed'),
    expired: sum('expired'),
    uncertain: sum('uncertain'),
  };
}

/** Sums the excluded people over all reasons. */
export const excludedIn = ({ excluded }: AudienceCounts): number =>
  Object.values(excluded).reduce((sum, count) => sum + count, 0);

/** Says whether every recipient is in exactly one part of the accounts. */
export function areClosed(accounts: AudienceCounts): boolean {
  const { audience, accepted, failed, expired, uncertain, pending } = accounts;
  return audience === accepted + excludedIn(accounts) + failed + expired + uncertain + pending;
}
