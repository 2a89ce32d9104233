/** What a peer works with. */
export interface PeerOrder {
  readonly peer: string;
  /** A database of its own in the same PostgreSQL, as its owner. */
  readonly databaseUrl: string;
  readonly redisPort: number;
  readonly origin: string;
  readonly people: number;
  readonly inFlight: number;
}

/** Another way to do the same durable work: a row before the call, the call, a row after it. */
export interface Peer {
  /** Queues every id from 0 on; not measured. */
  prepare(): Promise<void>;
  /** Begins to hand ids to `handle`, so many at once; answers how to stop. */
  start(handle: (id: number) => Promise<void>): Promise<() => Promise<void>>;
}

const AT_ONCE = 1_000;

/** Ids in lots, as each peer takes them. */
export function* lots(people: number): Generator<readonly number[]> {
  for (let from = 0; from < people; from += AT_ONCE)
    yield Array.from({ length: Math.min(AT_ONCE, people - from) }, (_, n) => from + n);
}
