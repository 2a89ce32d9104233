/** Endpoints served at once: a slow one delays its own lane and no other. */
const MOST_LANES = 100;
/** Half of them are only for endpoints that work. */
const MOST_OF_FAILING = 50;
/** Some of them are only for endpoints that failed: one that works again is found so. */
const MOST_OF_WORKING = 90;
const MOST_OF_A_TENANT = 10;
/** A vendor serves many tenants from one host. */
const MOST_OF_A_HOST = 25;
/** Its address may have changed meanwhile. */
const LONGEST_PASSED_OVER_MS = 60_000;

export interface LaneAsked {
  readonly endpointId: string;
  readonly tenantId: string;
  /** True when its last attempt failed. */
  readonly failing: boolean;
}

interface Lane extends LaneAsked {
  /** Absent until its address is read. */
  readonly host?: string;
}

/** Hands out lanes, so that no tenant, no host and no failing endpoints hold all of them. */
export class WebhookLanes {
  readonly #monotonic: () => number;
  readonly #open = new Map<string, Lane>();
  readonly #passedOver = new Map<string, { readonly host: string; readonly until: number }>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Returns how many endpoints get no lane now, since they have one or their host has no more of them. */
  get held(): number {
    return this.#open.size + this.#passedOver.size;
  }

  /** Lets endpoints ask again, in order, as many as their hosts have lanes free, and those passed over for a minute. */
  turn(): void {
    const now = this.#monotonic();
    const counts = new Map<string, number>();
    for (const [endpointId, { host, until }] of this.#passedOver) {
      const count = counts.get(host) ?? this.#count((lane) => lane.host === host);
      const isLetIn = count < MOST_OF_A_HOST || now >= until;
      if (isLetIn) this.#passedOver.delete(endpointId);
      counts.set(host, isLetIn ? count + 1 : count);
    }
  }

  /** Takes a lane for an endpoint; false when there is none for it. */
  take(asked: LaneAsked): boolean {
    const { endpointId, tenantId, failing } = asked;
    if (this.#open.has(endpointId) || this.#passedOver.has(endpointId)) return false;
    if (this.#open.size >= MOST_LANES) return false;
    if (this.#count((lane) => lane.tenantId === tenantId) >= MOST_OF_A_TENANT) return false;
    const most = failing ? MOST_OF_FAILING : MOST_OF_WORKING;
    if (this.#count((lane) => lane.failing === failing) >= most) return false;
    this.#open.set(endpointId, asked);
    return true;
  }

  /** Counts a lane among those of its host; false when the host has enough, and the endpoint is passed over. */
  enter(endpointId: string, host: string): boolean {
    const lane = this.#open.get(endpointId);
    if (lane === undefined) return false;
    if (this.#count((other) => other.host === host) >= MOST_OF_A_HOST) {
      this.#passedOver.set(endpointId, { host, until: this.#monotonic() + LONGEST_PASSED_OVER_MS });
      return false;
    }
    this.#open.set(endpointId, { ...lane, host });
    return true;
  }

  leave(endpointId: string): void {
    this.#open.delete(endpointId);
  }

  #count(counts: (lane: Lane) => boolean): number {
    let count = 0;
    for (const lane of this.#open.values()) if (counts(lane)) count += 1;
    return count;
  }
}
