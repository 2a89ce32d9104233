import { Refusal } from '../../platform/index.ts';
import { fault } from '../../words/index.ts';

/** A limit within a period; beyond it, everything is refused until the period is over. */
export interface RateBudget {
  readonly most: number;
  readonly withinMs: number;
}

/** A limit on what is in use at once: in all, by one tenant, and by one key. */
export interface ShareBudget {
  readonly most: number;
  /** The total when absent. */
  readonly ofTenant?: number;
  /** The tenant's limit when absent. */
  readonly ofKey?: number;
  /** What a tenant always has, however much others use. */
  readonly always: number;
}

/** The limits of a body: its bytes, and the time in which it has to arrive. */
export interface BodyBudget {
  readonly mostBytes: number;
  readonly withinMs: number;
}

export interface ClassBudget {
  readonly at: readonly string[];
  /** Concurrent requests of unknown callers; beyond them, one whose body is still being sent is ended. */
  readonly strangers: number;
  /**
   * True when requests of unknown callers begin some time apart while known callers wait. Not for opt-outs, whose
   * senders are unknown too.
   */
  readonly givesWay?: true;
  /** Absent when no body is accepted. */
  readonly body?: BodyBudget;
  /** Rates of one address: of requests, submissions and misses. */
  readonly ofAddress?: Readonly<Record<string, RateBudget>>;
}

const MINUTE = 60_000;
const JSON_BODY = { mostBytes: 1_048_576, withinMs: 15_000 };
const MISSES = { most: 60, withinMs: MINUTE };

/**
 * All limits on what is in use at once or within a period; limiters read them here and nowhere else. Only the threads
 * that read files are limited where they are made, since workers have them too.
 */
export const budgets = {
  /** By class of addresses; an address of no class belongs to `api`. */
  classes: {
    inbound: { at: ['/v1/inbound'], strangers: 256, body: JSON_BODY },
    optOut: {
      at: ['/u'],
      strangers: 256,
      // Several times as long as our form and that of RFC 8058, which a mobile network sends at once.
      body: { mostBytes: 1_024, withinMs: 5_000 },
      ofAddress: { misses: MISSES },
    },
    schedules: { at: ['/s'], strangers: 128, ofAddress: { misses: MISSES } },
    forms: {
      at: ['/f'],
      strangers: 256,
      body: { mostBytes: 16_384, withinMs: 10_000 },
      ofAddress: {
        looks: { most: 240, withinMs: MINUTE },
        sendings: { most: 100, withinMs: 10 * MINUTE },
      },
    },
    probes: { at: ['/healthz', '/readyz', '/metrics'], strangers: 128 },
    console: {
      at: ['/console'],
      strangers: 192,
      givesWay: true,
      body: { mostBytes: 65_536, withinMs: 15_000 },
    },
    codec: {
      at: ['/codec'],
      strangers: 64,
      givesWay: true,
      body: { mostBytes: 4_194_304, withinMs: 15_000 },
    },
    docs: { at: ['/docs', '/openapi.json'], strangers: 64, givesWay: true },
    sandbox: { at: ['/sandbox'], strangers: 256 },
    api: { at: ['/v1'], strangers: 256, givesWay: true, body: JSON_BODY },
  },
  /** For callers who are known by their key, or by the secret of an account. */
  known: {
    requests: { most: 256, ofTenant: 224, always: 8 },
    /** Bytes of bodies that are held in memory. */
    bytes: { most: 134_217_728, ofTenant: 67_108_864, always: 2_097_152 },
    files: { most: 96, ofTenant: 32, ofKey: 24, always: 4 },
    exports: { most: 48, ofTenant: 12, ofKey: 8, always: 2 },
    /** Calls of operators, with the secret of an account. */
    callbacks: { most: 1_024, always: 64 },
  },
  /** Requests of one key, and of all keys of a tenant; exports of a tenant, and the number for one key. */
  rates: {
    key: { most: 90_000, withinMs: MINUTE },
    tenant: { most: 120_000, withinMs: MINUTE },
    // Each begins with an audit entry and several reads; without a limit they slowed everybody else's reads fourfold.
    exports: { most: 60, withinMs: 10_000 },
    // So that a faulty script leaves half to the tenant's other users, who need a report or a register.
    exportsOfKey: { most: 30, withinMs: 10_000 },
  },
  /**
   * Milliseconds between the beginnings of unknown callers' requests of one class while known callers wait: two
   * hundred that came together delayed all of them.
   */
  strangersApartMs: 10,
  /**
   * Milliseconds between the beginnings of a tenant's exports: a dozen that began together tripled the time of
   * everybody else's reads.
   */
  exportsApartMs: 100,
  streams: { most: 96, ofKey: 8 },
  /** Submissions of one form by all visitors together. */
  formSendings: { most: 3_000, withinMs: 10 * MINUTE },
  /**
   * Invalid keys from one address: further ones have to wait, a limited number of them at once. New keys are looked
   * up a few at a time.
   */
  signIns: { most: 20, withinMs: 10 * MINUTE, waitMs: 1_000, waiting: 64, atOnce: 4 },
  /** Refused sign-ins that one process audits, so that strangers cannot fill the audit. */
  refusedSignIns: { most: 200, withinMs: 60 * MINUTE },
  /**
   * Bytes that are read and dropped from the bodies of all refused requests together. A file of 190 MB still arrives
   * within the 30 s for which it is read. Twice as many bytes took 75 ms of processor a second of each server.
   */
  refusedBytes: { most: 65_536, withinMs: 10 },
  /** Connections of one process; beyond them, one without a request is ended. */
  connections: { most: 2_000 },
} as const satisfies {
  readonly classes: Readonly<Record<string, ClassBudget>>;
  readonly known: Readonly<Record<string, ShareBudget>>;
  readonly rates: Readonly<Record<string, RateBudget>>;
  readonly [other: string]: unknown;
};

export type AddressClass = keyof typeof budgets.classes;

/** The budgets that known callers share. */
export type Shared = keyof typeof budgets.known;

const places = Object.entries(budgets.classes).flatMap(([name, { at }]) =>
  // `Object.entries` loses the type of the keys.
  at.map((place) => [place, name as AddressClass] as const),
);

/** Returns the class that lists an address; undefined when none does. */
export function declaredClass(path: string): AddressClass | undefined {
  return places.find(([place]) => path === place || path.startsWith(`${place}/`))?.[1];
}

/** Returns the class whose limits hold for a request; `api` when none lists its address. */
export const classOf = (path: string): AddressClass => declaredClass(path) ?? 'api';

/** The owner of a share. */
export interface Sharer {
  readonly tenant: string;
  readonly key: string;
}

/** A quantity that tenants share by a budget. */
export class Shares {
  readonly #budget: ShareBudget;
  readonly #ofTenant = new Map<string, number>();
  readonly #ofKey = new Map<string, number>();
  #taken = 0;

  constructor(budget: ShareBudget) {
    this.#budget = budget;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Returns how much this tenant and key may still take. */
  left({ tenant, key }: Sharer): number {
    const { most, ofTenant = most, ofKey = ofTenant } = this.#budget;
    return Math.max(
      0,
      Math.min(ofTenant - (this.#ofTenant.get(tenant) ?? 0), ofKey - (this.#ofKey.get(key) ?? 0)),
    );
  }

  /** Takes an amount, and returns the function that gives it back; undefined when there is not so much left. */
  take(sharer: Sharer, amount = 1): (() => void) | undefined {
    if (amount > this.left(sharer)) return undefined;
    const held = this.#ofTenant.get(sharer.tenant) ?? 0;
    if (this.#taken + amount > this.#budget.most && held + amount > this.#budget.always) return undefined;
    this.#add(sharer, amount);
    let isHeld = true;
    return () => {
      if (isHeld) this.#add(sharer, -amount);
      isHeld = false;
    };
  }

  #add({ tenant, key }: Sharer, amount: number): void {
    this.#taken += amount;
    add(this.#ofTenant, tenant, amount);
    add(this.#ofKey, key, amount);
  }
}

function add(counts: Map<string, number>, name: string, amount: number): void {
  const count = (counts.get(name) ?? 0) + amount;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}

const { most: MOST_OPEN, ofKey: MOST_OF_A_KEY } = budgets.streams;

/** The open streams of one api process, limited in all and by key. */
export class LiveStreams {
  readonly #stopping = new AbortController();
  readonly #held = new Map<string, number>();

  /** Aborted when this process stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get open(): number {
    return [...this.#held.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Takes a place for a stream of a key, and returns the function that gives it back; refuses when there are too
   * many.
   */
  take(keyId: string): () => void {
    const held = this.#held.get(keyId) ?? 0;
    if (held >= MOST_OF_A_KEY || this.open >= MOST_OPEN)
      throw new Refusal('TOO_MANY_REQUESTS', {
        detail: fault('A key follows {key} things at once, an api process {all}: close a stream first.', {
          key: MOST_OF_A_KEY,
          all: MOST_OPEN,
        }),
        retryAfterSeconds: 10,
      });
    this.#held.set(keyId, held + 1);
    return () => {
      const left = (this.#held.get(keyId) ?? 1) - 1;
      if (left > 0) this.#held.set(keyId, left);
      else this.#held.delete(keyId);
    };
  }

  end(): void {
    this.#stopping.abort();
  }
}
