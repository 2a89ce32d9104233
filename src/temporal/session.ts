import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { endedWhenSilent } from '../platform/index.ts';
import { timeOuts } from '../../workflows/time-outs.ts';

/** A role of one process of the instance at a time. */
export type LoopRole =
  | 'dispatcher'
  | 'scheduler'
  | 'reconciler'
  | 'linker'
  | 'inbox'
  | 'housekeeper'
  | 'webhookDispatcher';

/** The events of a session. */
export interface SessionEvents {
  /** Called after each connection, the first one too, before any query. */
  readonly connected?: () => Promise<void>;
  readonly lost?: () => void;
  /** Called at a notification on the channel `intent`, with its word: `clock` when the law clock moved. */
  readonly notified?: (word: string) => void;
}

/** Roles are given up on this side before the server may give them to somebody else. */
const SURE_FOR_MS = 4_500;

/** Two halves of an advisory lock: ours, then the role's. */
const OURS = 0x626f6e68;
const numbers: Readonly<Record<LoopRole, number>> = {
  dispatcher: 1,
  scheduler: 2,
  reconciler: 3,
  linker: 4,
  inbox: 5,
  housekeeper: 6,
  webhookDispatcher: 7,
};

/**
 * One connection for locks and notifications, which belong to a connection. It reconnects by itself within 2 s;
 * locks end with the connection, so that no role is taken twice for long. The server ends it when this process is
 * frozen or cut off: another takes its roles within 10 s.
 */
export class DatabaseSession {
  readonly #options: pg.ClientConfig;
  readonly #events: SessionEvents;
  readonly #stopping = new AbortController();
  readonly #held = new Set<LoopRole>();
  /** Count of times the roles were given back: earlier work is not held after it. */
  #givenBack = 0;
  #client: pg.Client | undefined;
  #asked: Promise<unknown> = Promise.resolve();
  /** Monotonic time of the question that was answered last. */
  #surelyOpenAt = Number.NEGATIVE_INFINITY;
  readonly #ended: Promise<void>;

  constructor(options: { readonly url: string; readonly name: string }, events: SessionEvents = {}) {
    this.#options = {
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A frozen server does not answer: the query gives up and is repeated.
      query_timeout: 5_000,
      options: endedWhenSilent('idle_session_timeout'),
    };
    this.#events = events;
    this.#ended = this.#run();
  }

  /** Says whether this process has the role now, taking it when nobody has. */
  async plays(role: LoopRole): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    if (this.#held.has(role)) return performance.now() - this.#surelyOpenAt < SURE_FOR_MS;
    const before = this.#givenBack;
    const sql = `SELECT pg_try_advisory_lock(${OURS}, ${numbers[role]}) AS taken`;
    const taken = (await this.#ask(client, sql))[0]?.['taken'] === true;
    // The connection may have ended while it answered, and the lock with it.
    if (!taken || this.#client !== client || this.#givenBack !== before) return false;
    this.#held.add(role);
    return true;
  }

  /** Leaves its roles to others at once; work under way in them ends. */
  async giveBack(): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.#held.size === 0) return;
    this.#held.clear();
    this.#givenBack += 1;
    await this.#ask(client, 'SELECT pg_advisory_unlock_all()');
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#ended;
  }

  /** Runs one query after the other: the driver takes no second one meanwhile. */
  #ask(client: pg.Client, sql: string): Promise<Record<string, unknown>[]> {
    const answer = this.#asked.then(async () => {
      const askedAt = performance.now();
      const { rows } = await client.query<Record<string, unknown>>(sql);
      this.#surelyOpenAt = askedAt;
      return rows;
    });
    this.#asked = answer.catch(() => undefined);
    return answer;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#connection().catch(() => undefined);
      this.#client = undefined;
      this.#held.clear();
      await pause(timeOuts.reconnectMs / 4, undefined, { signal: this.#stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Holds one connection, from its start to its end. */
  async #connection(): Promise<void> {
    const client = new pg.Client(this.#options);
    const over = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.once('error', () => {
        resolve();
      });
    });
    try {
      await client.connect();
      client.on('notification', ({ payload = '' }) => this.#events.notified?.(payload));
      await client.query('LISTEN intent');
      await this.#events.connected?.();
      this.#client = client;
      await this.#watched(client, over);
    } finally {
      this.#events.lost?.();
      await client.end().catch(() => undefined);
    }
  }

  /** A connection without answers is over, though nobody reported it. */
  async #watched(client: pg.Client, over: Promise<void>): Promise<void> {
    const ended = over.then(() => true);
    for (;;) {
      await this.#ask(client, 'SELECT 1');
      if (await Promise.race([ended, pause(timeOuts.reconnectMs, false)])) return;
      if (this.#stopping.signal.aborted) return;
    }
  }
}
