import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { BEFORE_ALL, faultOf, startLoop, instant, endedWhenSilent, type Loop } from '../platform/index.ts';
import { eachWithin } from '../base/index.ts';
import {
  dispatch,
  type ConductDeps,
  inTime,
  isOutage,
  type Rotation,
  signal,
  signalWithStart,
  type SignalledAt,
} from './dispatcher.ts';
import { linkWaiting } from '../people/index.ts';
import { addressOf, Reconciler } from './reconciler.ts';
import type { SealKeeper } from './seal.ts';
import { dueWork, localesOnce, markWoken, type DueWork } from './due-work.repository.ts';
import { timeOuts } from '../../workflows/settings.ts';

const EACH_SECOND = 1_000;
const HALF_A_SECOND = 500;
const SEAL_EVERY_MS = 10_000;

interface ConductorOptions {
  readonly databaseUrl: string;
  readonly keeper: SealKeeper;
  /** Matches receipts with messages and completes replies; true when more waits. */
  readonly inbox: () => Promise<boolean>;
  readonly webhooks: () => Promise<boolean>;
  readonly housekeeping: () => Promise<void>;
  /** True when the roles are left to another, faster worker. */
  readonly isBack?: () => boolean;
  readonly adoptClock: () => Promise<void>;
}

/** The loops that connect PostgreSQL to Temporal: each runs in one process of the instance. */
export class Conductor {
  readonly #session: DatabaseSession;
  readonly #loops: readonly Loop[];
  readonly #signalledAt: SignalledAt = new Map();
  readonly #rotations = { dispatcher: { after: BEFORE_ALL }, scheduler: { after: BEFORE_ALL } };

  constructor(deps: ConductDeps, options: ConductorOptions) {
    const { databaseUrl, keeper, inbox, webhooks, housekeeping, isBack, adoptClock } = options;
    const { log } = deps;
    const reconciler = new Reconciler(deps);
    const alone = (role: LoopRole, everyMs: number, work: () => Promise<boolean | void>): Loop =>
      startLoop({ name: role, everyMs, mayRun: () => this.#plays(role, isBack), work, log });
    const sealing = startLoop({
      name: 'seal',
      everyMs: SEAL_EVERY_MS,
      work: () => beatUntilSure(keeper),
      log,
    });
    this.#session = new DatabaseSession(
      { url: databaseUrl, name: 'bonheure conductor' },
      {
        connected: async () => sealing.poke(),
        lost: () => keeper.mistrust(),
        failed: (error) =>
          log.warn(
            { fault: faultOf(error) },
            'the session for roles and notifications failed; it is opened again',
          ),
        notified: (word) => (word === 'clock' ? scheduler : dispatcher).poke(),
      },
    );
    const dispatcher = alone('dispatcher', EACH_SECOND, () =>
      dispatch(deps, this.#signalledAt, this.#rotations.dispatcher),
    );
    const scheduler = alone('scheduler', EACH_SECOND, async () => {
      await adoptClock();
      await wake(deps, this.#rotations.scheduler);
    });
    this.#loops = [
      sealing,
      dispatcher,
      scheduler,
      alone('reconciler', 2 * EACH_SECOND, () => reconciler.reconcile()),
      alone('linker', EACH_SECOND, () => linkWaiting(deps.database)),
      alone('inbox', HALF_A_SECOND, inbox),
      alone('webhookDispatcher', HALF_A_SECOND, webhooks),
      alone('housekeeper', EACH_SECOND, housekeeping),
    ];
  }

  async #plays(role: LoopRole, isBack: (() => boolean) | undefined): Promise<boolean> {
    if (isBack?.() !== true) return this.#session.plays(role);
    await this.#session.giveBack();
    return false;
  }

  /** Resolves once each loop has ended its turn; the roles are then free for another process. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await this.#session.close();
  }
}

/** Nothing is sent while the seal is in doubt: the next beat comes sooner then. */
async function beatUntilSure(keeper: SealKeeper): Promise<boolean> {
  await keeper.beat();
  if (keeper.doubt() === undefined) return false;
  await pause(EACH_SECOND);
  return true;
}

/** In one second; measured: signalling everybody at once takes minutes on a dev server. */
const MOST = 200;
const AT_ONCE = 32;

/**
 * Signals workflows whose moment came by the law clock to look again: one of each tenant a turn, the oldest first. A
 * second process or a crash in between signals them twice, which changes nothing.
 */
export async function wake(deps: ConductDeps, rotation: Rotation = { after: BEFORE_ALL }): Promise<void> {
  const { database, clock } = deps;
  const due = await dueWork(database, clock.now().toISO(), { most: MOST, after: rotation.after });
  if (due.length === 0) return;
  rotation.after = due.at(-1)?.tenantId ?? rotation.after;
  const locales = localesOnce(database);
  const outcomes = await eachWithin(AT_ONCE, due, (work) => inTime(deps, () => tell(deps, work, locales)));
  const notified = due.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  await markWoken(database, notified, instant(clock.machine()).toISO());
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined && isOutage(failure.reason)) throw failure.reason;
}

/** A stopped workflow of an open row is started: a shard by its campaign. */
async function tell(
  deps: ConductDeps,
  work: DueWork,
  locales: ReturnType<typeof localesOnce>,
): Promise<void> {
  if (await signal(deps, work.workflowId, 'replan')) return;
  const { tenantId } = work;
  const row =
    work.kind === 'series'
      ? ({ kind: 'series', id: work.id, tenantId } as const)
      : ({ kind: 'campaign', id: work.workflowId.split('/')[1] ?? '', tenantId } as const);
  await signalWithStart(deps, { ...addressOf(row), locale: await locales(tenantId) }, 'replan');
}

/** Functions called as its PostgreSQL connection opens, is lost or is notified. */
interface SessionEvents {
  /** Called after each connection, the first one too, before any query. */
  readonly connected?: () => Promise<void>;
  readonly lost?: () => void;
  /** Called with the first fault after a connection that was opened, whatever it is. */
  readonly failed?: (error: unknown) => void;
  /** Called at a notification on the channel `intent`, with its word: `clock` when the law clock moved. */
  readonly notified?: (word: string) => void;
}

/** Roles are given up on this side before the server may give them to somebody else. */
const SURE_FOR_MS = 4_500;

/** Two halves of an advisory lock: ours, then the role's. */
const OURS = 0x626f6e68;
const numbers = {
  dispatcher: 1,
  scheduler: 2,
  reconciler: 3,
  linker: 4,
  inbox: 5,
  housekeeper: 6,
  webhookDispatcher: 7,
} as const;

/** A role of one process of the instance at a time. */
type LoopRole = keyof typeof numbers;

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
  #isFailing = false;
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
      await this.#connection().catch((error: unknown) => this.#noteFailure(error));
      this.#client = undefined;
      this.#held.clear();
      await pause(timeOuts.reconnectMs / 4, undefined, { signal: this.#stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /**
   * Reports the first of several faults. Any is followed by another connection: without one this process would play
   * no role for as long as it lives.
   */
  #noteFailure(error: unknown): void {
    if (!this.#isFailing && !this.#stopping.signal.aborted) this.#events.failed?.(error);
    this.#isFailing = true;
  }

  /** Holds one connection, from its start to its end. */
  async #connection(): Promise<void> {
    const client = new pg.Client(this.#options);
    const over = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.once('error', () => resolve());
    });
    try {
      await client.connect();
      client.on('notification', ({ payload = '' }) => this.#events.notified?.(payload));
      await client.query('LISTEN intent');
      await this.#events.connected?.();
      this.#client = client;
      this.#isFailing = false;
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
