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
  /** Matches receipts with messages and completes replies; returns true when more are waiting. */
  readonly inbox: () => Promise<boolean>;
  readonly webhooks: () => Promise<boolean>;
  readonly housekeeping: () => Promise<void>;
  /** True while the roles are left to another, faster worker. */
  readonly isSteppedBack?: () => boolean;
  readonly adoptClock: () => Promise<void>;
}

/**
 * Runs the loops that connect PostgreSQL to Temporal; each loop but that of the seal runs in one process of the
 * instance.
 */
export class Conductor {
  readonly #session: DatabaseSession;
  readonly #loops: readonly Loop[];
  readonly #signalledAt: SignalledAt = new Map();
  readonly #rotations = { dispatcher: { after: BEFORE_ALL }, scheduler: { after: BEFORE_ALL } };

  constructor(deps: ConductDeps, options: ConductorOptions) {
    const { databaseUrl, keeper, inbox, webhooks, housekeeping, isSteppedBack, adoptClock } = options;
    const { log } = deps;
    const reconciler = new Reconciler(deps);
    const exclusive = (role: LoopRole, everyMs: number, work: () => Promise<boolean | void>): Loop =>
      startLoop({ name: role, everyMs, mayRun: () => this.#plays(role, isSteppedBack), work, log });
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
        notified: (payload) => (payload === 'clock' ? scheduler : dispatcher).poke(),
      },
    );
    const dispatcher = exclusive('dispatcher', EACH_SECOND, () =>
      dispatch(deps, this.#signalledAt, this.#rotations.dispatcher),
    );
    const scheduler = exclusive('scheduler', EACH_SECOND, async () => {
      await adoptClock();
      await wake(deps, this.#rotations.scheduler);
    });
    this.#loops = [
      sealing,
      dispatcher,
      scheduler,
      exclusive('reconciler', 2 * EACH_SECOND, () => reconciler.reconcile()),
      exclusive('linker', EACH_SECOND, () => linkWaiting(deps.database)),
      exclusive('inbox', HALF_A_SECOND, inbox),
      exclusive('webhookDispatcher', HALF_A_SECOND, webhooks),
      exclusive('housekeeper', EACH_SECOND, housekeeping),
    ];
  }

  async #plays(role: LoopRole, isSteppedBack: (() => boolean) | undefined): Promise<boolean> {
    if (isSteppedBack?.() !== true) return this.#session.plays(role);
    await this.#session.giveBack();
    return false;
  }

  /** Resolves once each loop has ended its turn; the roles are then free for another process. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await this.#session.close();
  }
}

/** Beats once; while the seal is in doubt, and so nothing is sent, the next beat follows after a second. */
async function beatUntilSure(keeper: SealKeeper): Promise<boolean> {
  await keeper.beat();
  if (keeper.doubt() === undefined) return false;
  await pause(EACH_SECOND);
  return true;
}

/** Workflows signalled in one turn; measured: signalling all at once takes minutes on a dev server. */
const MOST = 200;
const AT_ONCE = 32;

/**
 * Signals the workflows whose moment has come by the law clock, so that they plan again; tenants take turns, and the
 * oldest of each comes first. A second process, or a crash in between, signals them twice, which changes nothing.
 */
export async function wake(deps: ConductDeps, rotation: Rotation = { after: BEFORE_ALL }): Promise<void> {
  const { database, clock } = deps;
  const due = await dueWork(database, clock.now().toISO(), { most: MOST, after: rotation.after });
  if (due.length === 0) return;
  rotation.after = due.at(-1)?.tenantId ?? rotation.after;
  const locales = localesOnce(database);
  const outcomes = await eachWithin(AT_ONCE, due, (work) => inTime(deps, () => replan(deps, work, locales)));
  const notified = due.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  await markWoken(database, notified, instant(clock.machine()).toISO());
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined && isOutage(failure.reason)) throw failure.reason;
}

/** Signals the workflow of a due row; starts it when it does not run, a shard by starting its campaign. */
async function replan(
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

/** What a session calls when its connection is opened, is lost, fails or is notified. */
interface SessionEvents {
  /** Called each time a connection is opened, before any other query. */
  readonly connected?: () => Promise<void>;
  readonly lost?: () => void;
  /** Called with the first error after a connection was open. */
  readonly failed?: (error: unknown) => void;
  /** Called at a notification on the channel `intent`, with its payload: `clock` when the law clock moved. */
  readonly notified?: (payload: string) => void;
}

/**
 * Shorter than the time after which the server ends a silent connection: a process gives its roles up before another
 * may take them.
 */
const SURE_FOR_MS = 4_500;

/** The first half of the advisory locks of roles; the second is the role's number. */
const ROLE_LOCKS = 0x626f6e68;
const roleNumbers = {
  dispatcher: 1,
  scheduler: 2,
  reconciler: 3,
  linker: 4,
  inbox: 5,
  housekeeper: 6,
  webhookDispatcher: 7,
} as const;

/** A role that one process of the instance has at a time. */
type LoopRole = keyof typeof roleNumbers;

/**
 * Keeps one connection open for advisory locks and notifications, which belong to a connection, and opens another
 * within 2 s when it is lost. Locks end with the connection, so that no role is taken twice for long. When this process
 * is frozen or cut off, the server ends the connection, and another process takes its roles within 10 s.
 */
export class DatabaseSession {
  readonly #options: pg.ClientConfig;
  readonly #events: SessionEvents;
  readonly #stopping = new AbortController();
  readonly #held = new Set<LoopRole>();
  /** How often the roles were given back: a lock that was requested before the last time no longer counts. */
  #givenBack = 0;
  #client: pg.Client | undefined;
  #isFailing = false;
  #lastQuery: Promise<unknown> = Promise.resolve();
  /** The monotonic time at which the last answered query was sent. */
  #surelyOpenAt = Number.NEGATIVE_INFINITY;
  readonly #ended: Promise<void>;

  constructor(options: { readonly url: string; readonly name: string }, events: SessionEvents = {}) {
    this.#options = {
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A frozen server does not answer: the query fails, and the connection is opened again.
      query_timeout: 5_000,
      options: endedWhenSilent('idle_session_timeout'),
    };
    this.#events = events;
    this.#ended = this.#run();
  }

  /** Says whether this process has the role now; takes the role when nobody has it. */
  async plays(role: LoopRole): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    if (this.#held.has(role)) return performance.now() - this.#surelyOpenAt < SURE_FOR_MS;
    const before = this.#givenBack;
    const sql = `SELECT pg_try_advisory_lock(${ROLE_LOCKS}, ${roleNumbers[role]}) AS taken`;
    const taken = (await this.#ask(client, sql))[0]?.['taken'] === true;
    // The connection, and the lock with it, may have ended while the answer was on its way.
    if (!taken || this.#client !== client || this.#givenBack !== before) return false;
    this.#held.add(role);
    return true;
  }

  /** Leaves all roles to other processes at once; turns under way still end. */
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

  /** Runs a query after those before it, since the driver takes one at a time. */
  #ask(client: pg.Client, sql: string): Promise<Record<string, unknown>[]> {
    const answer = this.#lastQuery.then(async () => {
      const askedAt = performance.now();
      const { rows } = await client.query<Record<string, unknown>>(sql);
      this.#surelyOpenAt = askedAt;
      return rows;
    });
    this.#lastQuery = answer.catch(() => undefined);
    return answer;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#connectOnce().catch((error: unknown) => this.#noteFailure(error));
      this.#client = undefined;
      this.#held.clear();
      await pause(timeOuts.reconnectMs / 4, undefined, { signal: this.#stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /**
   * Reports the first of several errors in a row. After any error another connection is opened: without one this
   * process would never have a role again.
   */
  #noteFailure(error: unknown): void {
    if (!this.#isFailing && !this.#stopping.signal.aborted) this.#events.failed?.(error);
    this.#isFailing = true;
  }

  /** Opens a connection, and resolves when it has ended. */
  async #connectOnce(): Promise<void> {
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
      await this.#watch(client, over);
    } finally {
      this.#events.lost?.();
      await client.end().catch(() => undefined);
    }
  }

  /** Queries the connection regularly until it ends; a query without an answer ends it too. */
  async #watch(client: pg.Client, over: Promise<void>): Promise<void> {
    const ended = over.then(() => true);
    for (;;) {
      await this.#ask(client, 'SELECT 1');
      if (await Promise.race([ended, pause(timeOuts.reconnectMs, false)])) return;
      if (this.#stopping.signal.aborted) return;
    }
  }
}
