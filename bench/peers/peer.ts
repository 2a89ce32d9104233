/** What a peer works with. */
export interface PeerOrder {
  readonly peer: string;
  /** A database of its own in the same PostgreSQL, as its owner. */
  readonly databaseUrl: string;
  readonly redisPort: number;
  readonly origin: string;
  readonly people: number;
  /** Calls on the wire at once, in this process. */
  readonly inFlight: number;
  /** Which of the processes that share the work this is, from 0 on. */
  readonly worker: number;
  readonly workers: number;
  /** Whether it queues the ids; others, and whoever comes after a crash, find them queued. */
  readonly queues: boolean;
}

/** What one process has come to so far. */
export interface Progress {
  readonly handled: number;
  /** From the go until the last one was handled. */
  readonly ms: number;
  readonly cpuMs: number;
}

/** Another way to do the same durable work: a row before the call, the call, a row after it. */
export interface Peer {
  /** Queues every id from 0 on, in one of the processes; not measured. */
  prepare(): Promise<void>;
  /** Begins to hand ids to `handle`, so many at once, until its process ends. */
  start(handle: (id: number) => Promise<void>): Promise<void>;
}

const AT_ONCE = 1_000;

/** Ids in lots, as each peer takes them. */
export function* lots(people: number): Generator<readonly number[]> {
  for (let from = 0; from < people; from += AT_ONCE)
    yield Array.from({ length: Math.min(AT_ONCE, people - from) }, (_, n) => from + n);
}
