import { instant, type Clock, type Database, type Vault, faultOf, type Log } from '../../platform/index.ts';
import { eachWithin } from '../../base/index.ts';
import {
  dueDeliveries,
  dueEndpoints,
  forgetDeliveries,
  markRefused,
  markDelivered,
  type DueEndpoint,
  type WebhookDelivery,
} from './webhook.repository.ts';
import { endpointAccess, signatureHeaders } from '../../company/index.ts';
import { post, type WebhookAnswer, WebhookNames } from './webhook-call.ts';
import { payloadsOf } from './webhook-payload.ts';

interface WebhookDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  /** True when endpoints of the local network may be reached. */
  readonly privately: boolean;
  readonly timeoutMs?: number;
  /** Name servers, as address and port; those of the machine when absent. */
  readonly nameServers?: readonly string[];
}

/** Endpoints read in a turn, besides those that get no lane now. */
const ENDPOINTS_A_TURN = 200;
const DELIVERIES_A_LANE = 20;
const AT_ONCE = 4;
const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60 * 60_000;
const SHORTEST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
const FORGET_EVERY_MS = 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
const FORGOTTEN_AT_ONCE = 1_000;

/** Returns how long a delivery waits after so many attempts, in milliseconds: 5 s, 15 s, 45 s … an hour at most. */
export const waitAfter = (attempts: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 3 ** Math.min(attempts, 10));

/**
 * Delivers events to the tenants' own systems, by the machine clock, at least once: a delivery that was posted and not
 * recorded when the process died is posted again.
 */
export class WebhookSender {
  readonly #deps: WebhookDeps;
  readonly #names: WebhookNames;
  readonly #lanes: WebhookLanes;
  readonly #openLanes = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #forgetAt = Number.NEGATIVE_INFINITY;

  constructor(deps: WebhookDeps) {
    this.#deps = deps;
    this.#names = new WebhookNames({ privately: deps.privately, servers: deps.nameServers });
    this.#lanes = new WebhookLanes(() => deps.clock.monotonic());
  }

  /** Opens a lane for each due endpoint that may have one; waits for none of them. */
  async turn(): Promise<boolean> {
    const { database, clock } = this.#deps;
    if (this.#stopping.signal.aborted) return false;
    this.#lanes.turn();
    for (const due of await dueEndpoints(database, this.#now(), ENDPOINTS_A_TURN + this.#lanes.held))
      this.#open(due);
    if (clock.monotonic() < this.#forgetAt) return false;
    this.#forgetAt = clock.monotonic() + FORGET_EVERY_MS;
    const before = instant(clock.machine() - KEPT_MS).toISO();
    if ((await forgetDeliveries(database, before, FORGOTTEN_AT_ONCE)) > 0) this.#forgetAt = clock.monotonic();
    return false;
  }

  /** Resolves once no lane is open. */
  async idle(): Promise<void> {
    await Promise.all(this.#openLanes);
  }

  /** Aborts the calls under way: the next process repeats them. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.idle();
  }

  #now(): string {
    return instant(this.#deps.clock.machine()).toISO();
  }

  #open(due: DueEndpoint): void {
    const { endpointId } = due;
    if (!this.#lanes.take(due)) return;
    const lane = this.#serve(due)
      .catch((error: unknown) => {
        this.#deps.log.warn(
          { endpoint: endpointId, fault: faultOf(error) },
          'webhooks failed; they are tried again',
        );
      })
      .finally(() => {
        this.#lanes.leave(endpointId);
        this.#openLanes.delete(lane);
      });
    this.#openLanes.add(lane);
  }

  async #serve(due: DueEndpoint): Promise<void> {
    const { clock, timeoutMs = TIMEOUT_MS } = this.#deps;
    const begun = clock.monotonic();
    const { url, secret, requests } = await this.#prepare(due);
    // Without the address nothing can be posted, and without the secret nothing signed: the endpoint is shown as
    // failing, and waits as after any refusal.
    if (url === null || secret === null) {
      for (const { delivery } of requests)
        await this.#record(due, delivery, { taken: false, because: 'SECRET_UNREADABLE' });
      return;
    }
    let refused = false;
    const outcomes = await eachWithin(AT_ONCE, requests, async ({ delivery, body }) => {
      // After a refusal the other events of this turn are not tried on the endpoint.
      if (refused || this.#stopping.signal.aborted) return;
      // A slow endpoint leaves its lane to others before its next events.
      if (clock.monotonic() - begun >= timeoutMs) return;
      const answer = await this.#post({ url, secret, id: delivery.id, body });
      if (this.#stopping.signal.aborted && !answer.taken) return;
      refused ||= !answer.taken;
      await this.#record(due, delivery, answer);
    });
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #prepare({ endpointId, tenantId }: DueEndpoint): Promise<EndpointRequests> {
    const { database, vault } = this.#deps;
    return database.withTenant(tenantId, async (tx) => {
      const keys = await vault.tenant(tx);
      const access = await endpointAccess(tx, keys, endpointId);
      if (access === undefined) return NO_REQUESTS;
      const { url } = access;
      if (url !== null && !this.#lanes.enter(endpointId, new URL(url).host)) return NO_REQUESTS;
      const due = await dueDeliveries(tx, { endpointId, now: this.#now(), most: DELIVERIES_A_LANE });
      const payloads = await payloadsOf(tx, keys, due);
      return {
        ...access,
        requests: due.map((delivery, index) => ({ delivery, body: JSON.stringify(payloads[index]) })),
      };
    });
  }

  #post(request: {
    readonly url: string;
    readonly secret: string;
    readonly id: string;
    readonly body: string;
  }): Promise<WebhookAnswer> {
    const { clock, privately, timeoutMs = TIMEOUT_MS } = this.#deps;
    const { url, secret, id, body } = request;
    const seconds = Math.floor(clock.machine() / 1_000);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Bonheure',
      ...signatureHeaders(secret, { id, seconds, body }),
    };
    return post({
      url,
      headers,
      body,
      timeoutMs,
      privately,
      names: this.#names,
      signal: this.#stopping.signal,
    });
  }

  async #record(
    { endpointId, tenantId }: DueEndpoint,
    { id, attempts }: WebhookDelivery,
    answer: WebhookAnswer,
  ): Promise<void> {
    const attempt = { endpointId, id, now: this.#now() };
    await this.#deps.database.withTenant(tenantId, (tx) =>
      answer.taken
        ? markDelivered(tx, attempt)
        : markRefused(tx, {
            ...attempt,
            because: answer.because,
            waitMs: waitAfter(attempts),
            restMs: restAfter(attempts),
          }),
    );
  }
}

interface EndpointRequests {
  /** Null when it cannot be decrypted. */
  readonly url: string | null;
  /** Null when it cannot be decrypted. */
  readonly secret: string | null;
  readonly requests: readonly { readonly delivery: WebhookDelivery; readonly body: string }[];
}

const NO_REQUESTS: EndpointRequests = { url: '', secret: '', requests: [] };

/** Returns how long a whole endpoint rests after a failure, in milliseconds: a second at first, a minute at most. */
const restAfter = (attempts: number): number =>
  Math.min(LONGEST_REST_MS, SHORTEST_REST_MS * 2 ** Math.min(attempts, 10));

/** Endpoints served at once; a slow one delays its own lane only. */
const MOST_LANES = 100;
/** The other half is for endpoints that work. */
const MOST_OF_FAILING = 50;
/** The others are for endpoints that failed, so that one that works again is noticed. */
const MOST_OF_WORKING = 90;
const MOST_OF_A_TENANT = 10;
/** Lanes of one host, from which a vendor may serve many tenants. */
const MOST_OF_A_HOST = 25;
/** Then an endpoint may ask again for a lane, since its address may have changed. */
const LONGEST_PASSED_OVER_MS = 60_000;

interface Lane extends DueEndpoint {
  /** Absent until the address of the endpoint is read. */
  readonly host?: string;
}

/** Assigns lanes, so that no tenant, no host and no failing endpoints have all of them. */
export class WebhookLanes {
  readonly #monotonic: () => number;
  readonly #open = new Map<string, Lane>();
  readonly #passedOver = new Map<string, { readonly host: string; readonly until: number }>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Counts the endpoints that get no lane now, since they have one or since their host has no more. */
  get held(): number {
    return this.#open.size + this.#passedOver.size;
  }

  /** Lets endpoints ask again, in order: as many as their hosts have free lanes, and those passed over for a minute. */
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

  /** Assigns a lane to an endpoint; false when there is none for it. */
  take(endpoint: DueEndpoint): boolean {
    const { endpointId, tenantId, failing } = endpoint;
    if (this.#open.has(endpointId) || this.#passedOver.has(endpointId)) return false;
    if (this.#open.size >= MOST_LANES) return false;
    if (this.#count((lane) => lane.tenantId === tenantId) >= MOST_OF_A_TENANT) return false;
    const most = failing ? MOST_OF_FAILING : MOST_OF_WORKING;
    if (this.#count((lane) => lane.failing === failing) >= most) return false;
    this.#open.set(endpointId, endpoint);
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
