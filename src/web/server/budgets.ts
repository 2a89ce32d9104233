/** So many within a time, then no more until it is over. */
export interface RateBudget {
  readonly most: number;
  readonly withinMs: number;
}

/** So many at once: in all, of one tenant, of one key where that is less. */
export interface ShareBudget {
  readonly most: number;
  /** Absent: as many as all together. */
  readonly ofTenant?: number;
  /** Absent: as many as its tenant. */
  readonly ofKey?: number;
  /** A tenant has so many however full it is: nobody else can use them up. */
  readonly always: number;
}

/** How much of a body is read, and for how long in all. */
export interface BodyBudget {
  readonly mostBytes: number;
  readonly withinMs: number;
}

/** What may be asked of the addresses of one class. */
export interface ClassBudget {
  /** The beginnings of their paths. */
  readonly at: readonly string[];
  /** Requests at once of those who are not known yet; when it is full, whoever sends slowly makes room. */
  readonly strangers: number;
  /** What is read of a body there; absent where none is taken. */
  readonly body?: BodyBudget;
  /** How often one address may ask, or send something, or miss. */
  readonly ofAddress?: Readonly<Record<string, RateBudget>>;
}

const MINUTE = 60_000;
const JSON_BODY = { mostBytes: 1_048_576, withinMs: 15_000 };
const MISSES = { most: 60, withinMs: MINUTE };

/**
 * Every bound on how much is asked at once or within a time: limiters read them here and nowhere else.
 *
 * Threads that read files are bounded where they are made: workers have them too.
 */
export const budgets = {
  /** By what an address is for; whatever else there is belongs to `api`. */
  classes: {
    inbound: { at: ['/v1/inbound'], strangers: 256, body: JSON_BODY },
    optOut: {
      at: ['/u'],
      strangers: 256,
      // A form of ours and the one of RFC 8058 fit in it several times over; a mobile network sends them at once.
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
    console: { at: ['/console'], strangers: 192, body: { mostBytes: 65_536, withinMs: 15_000 } },
    codec: { at: ['/codec'], strangers: 64, body: { mostBytes: 4_194_304, withinMs: 15_000 } },
    docs: { at: ['/docs', '/openapi.json'], strangers: 64 },
    sandbox: { at: ['/sandbox'], strangers: 256 },
    api: { at: ['/v1'], strangers: 256, body: JSON_BODY },
  },
  /** Of those who are known by their key, or by the secret of an account. */
  known: {
    requests: { most: 256, ofTenant: 224, always: 8 },
    /** Bytes of bodies that are held whole in memory. */
    bytes: { most: 134_217_728, ofTenant: 67_108_864, always: 2_097_152 },
    files: { most: 96, ofTenant: 32, ofKey: 24, always: 4 },
    exports: { most: 48, ofTenant: 12, ofKey: 8, always: 2 },
    /** Of operators who know the secret of an account. */
    callbacks: { most: 1_024, always: 64 },
  },
  /** Requests of one key, and of all keys of a tenant; exports of a tenant, and how many of them one key may have. */
  rates: {
    key: { most: 90_000, withinMs: MINUTE },
    tenant: { most: 120_000, withinMs: MINUTE },
    // Each begins with an entry of the audit and several reads: as fast as they were answered they slowed everybody else's reads fourfold.
    exports: { most: 60, withinMs: 10_000 },
    // A script that went wrong leaves the other half to whoever needs a report or a register.
    exportsOfKey: { most: 30, withinMs: 10_000 },
  },
  /** Things that are followed as they happen, at once. */
  streams: { most: 96, ofKey: 8 },
  /** Sendings of one form, whoever sends them. */
  formSendings: { most: 3_000, withinMs: 10 * MINUTE },
  /** Keys that are none, from one address; more of them wait, and are not many at once. */
  signIns: { most: 20, withinMs: 10 * MINUTE, waitMs: 1_000, waiting: 64 },
  /** Refused sign-ins that one process writes into the audit: strangers do not fill it. */
  refusedSignIns: { most: 200, withinMs: 60 * MINUTE },
  /** What is read on of bodies whose requests were refused, of all together: a whole file still arrives within the time in which it is read on. */
  refusedBytes: { most: 524_288, withinMs: 10 },
  /** Connections of one process; when they are all taken, one on which nothing was asked makes room. */
  connections: { most: 2_000 },
} as const satisfies {
  readonly classes: Readonly<Record<string, ClassBudget>>;
  readonly known: Readonly<Record<string, ShareBudget>>;
  readonly rates: Readonly<Record<string, RateBudget>>;
  readonly [other: string]: unknown;
};

/** What an address is for. */
export type AddressClass = keyof typeof budgets.classes;

/** What those who are known share. */
export type Shared = keyof typeof budgets.known;

const places = Object.entries(budgets.classes).flatMap(([name, { at }]) =>
  // Each is a key of the table.
  at.map((place) => [place, name as AddressClass] as const),
);

/** The class that an address belongs to; none where nothing was thought of. */
export function declaredClass(path: string): AddressClass | undefined {
  return places.find(([place]) => path === place || path.startsWith(`${place}/`))?.[1];
}

/** The class by which a request is bounded; whatever leads nowhere counts as the API. */
export const classOf = (path: string): AddressClass => declaredClass(path) ?? 'api';
