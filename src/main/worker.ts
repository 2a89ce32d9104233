import { join } from 'node:path';
import { flushCompileCache } from 'node:module';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { activitiesOf, importProgress } from './worker/activity-ports.ts';
import type { ImportProgress } from './embedded/processes.ts';
import { bookingRows } from '../web/index.ts';
import {
  instant,
  type Clock,
  openDatabase,
  readClock,
  reopenAbandoned,
  forgetDeadProcesses,
  noteProcess,
  removeProcess,
  faultOf,
  tellFigures,
  gatedClock,
  startLoop,
  type Loop,
} from '../platform/index.ts';
import { readConfig, type Config } from '../settings/index.ts';
import { CannotStart } from '../base/index.ts';
import { accountTerms, apiGateway, inboxWork } from '../gateways/index.ts';
import { addBills, Bills, addSubmissionCounts, SubmissionCounts } from '../sending/index.ts';
import { createSendPath, type SendPath } from './worker/send-path.ts';
import {
  Handover,
  Conductor,
  openTemporal,
  connectionOptions,
  registerSearchAttributes,
  type Temporal,
  PayloadSealer,
  Pulse,
  SealKeeper,
  workerParts,
  type PoolParts,
  type WorkerPool,
} from '../temporal/index.ts';
import { Housekeeper, type HousekeeperDeps, WebhookSender } from '../operations/index.ts';
import { anchoringOf, keepKeys, payloadSealerOf } from './worker/worker-keys.ts';
import { complain, openCommon } from './parts.ts';
import { watchJournals } from './journals.ts';
import { keepPace } from './worker/worker-pace.ts';
import { openAllAccounts, conductOrders } from './worker/worker-operators.ts';
import './wiring.ts';

const { rowTaker } = await bookingRows();
const core = await workerParts();

const CONNECTIONS = 20;
/** Enough for messages that are sent one by one: each uses a connection for a few milliseconds. */
const KEYED_CONNECTIONS = 8;
const EACH_SECOND = 1_000;
/** A stop ends within 15 s, whatever hangs. */
const STOPS_WITHIN_MS = 14_500;

type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts(config: Config, stopping: AbortSignal) {
  const { pool, ...common } = await openCommon(config, 'worker');
  const [database, keyed] = await Promise.all([
    openDatabase({ ...pool, connections: CONNECTIONS, name: 'bonheure-worker' }),
    // For the send path, whose statements are planned once and find rows by keys alone.
    openDatabase({ ...pool, connections: KEYED_CONNECTIONS, name: 'bonheure-worker-path', urgent: true }),
  ]);
  return { ...common, database, keyed, stopping };
}

/**
 * Retries each second until the attempt succeeds, since a dependency may start later; throws what a person must
 * repair.
 */
async function eventually<T>({ log, stopping }: Parts, what: string, attempt: () => Promise<T>): Promise<T> {
  for (let isLogged = false; ; isLogged = true) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof CannotStart || stopping.aborted) throw error;
      if (!isLogged) log.warn({ fault: faultOf(error) }, `waiting for ${what}`);
      await pause(EACH_SECOND);
    }
  }
}

/** Starts the loop that compares clocks and renews this process's sign of life. */
function followClock({ database, clock, log }: Parts, id: string): Loop {
  const startedAt = instant(clock.machine()).toISO();
  const work = async (): Promise<void> => {
    const reading = await database.outside((tx) => clock.follow(() => readClock(tx)));
    const at = instant(clock.machine()).toISO();
    await database.outside(async (tx) => {
      if (reading.moving) await reopenAbandoned(tx);
      await noteProcess(tx, { id, kind: 'worker', startedAt, at });
      await forgetDeadProcesses(tx, at);
    });
  };
  return startLoop({ name: 'clock', everyMs: EACH_SECOND, work, log });
}

/** Limits the log of Temporal's core to errors, since our own loops log outages. */
function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
}

/** Reports progress to the parent process, such as `npm start`, which shows it to people. */
const tellParent = (progress: ImportProgress): void => {
  if (process.connected) process.send?.(progress);
};

type Pooled = Pick<PoolParts, 'namespace' | 'sealer' | 'bundle' | 'traced'>;

/** Makes the pool of workers, which is not started yet. */
const poolOf = async (
  { config, database, vault, clock, log, stopping }: Parts,
  { path, handover, ...pooled }: Pooled & { readonly path: SendPath; readonly handover: Handover },
): Promise<WorkerPool> =>
  new core.WorkerPool({
    connection: await connectionOptions(config.temporal),
    ...pooled,
    activities: activitiesOf(
      path,
      { stopping, leaves: handover.leaves },
      {
        database,
        journalDays: config.journalDays,
        onStep: importProgress(tellParent, () => clock.monotonic()),
        take: rowTaker(
          { vault, clock },
          accountTerms(
            config.gateways.map((account) => apiGateway(account, '')),
            config.linkBase,
          ),
        ),
      },
    ),
    queues: config.queues,
    log,
  });

/** Starts the loop that checks whether Temporal still answers this worker. */
const startPulse = ({ log }: Parts, pulse: Pulse, pool: WorkerPool): Loop =>
  startLoop({ name: 'temporal', everyMs: EACH_SECOND, work: () => pulse.feel(pool.broken), log });

/** Starts polling all our queues, and the loop that leaves them to much faster workers. */
async function serve(
  parts: Parts,
  given: {
    readonly id: string;
    readonly keeper: SealKeeper;
    readonly temporal: Temporal;
    readonly pooled: Pooled & { readonly path: SendPath };
  },
) {
  const { clock, config } = parts;
  const handover = new Handover();
  const pool = await poolOf(parts, { ...given.pooled, handover });
  await eventually(parts, 'Temporal', () => pool.renew());
  const pulse = new Pulse(given.temporal, clock, () => pool.renew());
  const pace = await keepPace({
    ...parts,
    workerId: given.id,
    handover,
    returnRates: () => given.pooled.path.rates.handBack(),
    queues: config.queues,
    serve: (queues) => pool.serve(queues),
    // Only causes of this worker's own: one that closes the gate for all processes says nothing about it.
    isFit: () => (clock.doubt() ?? given.keeper.doubt()) === undefined && pulse.hasAnswered,
  });
  return { pool, pulse, pace };
}

/** Starts the loop that stores the figures of this worker: its load, its gate, and the answers of operators. */
const figuresOf = (
  { database, clock, log }: Parts,
  given: {
    readonly id: string;
    readonly gate: Clock;
    readonly journalFails: () => boolean;
    readonly counts: SubmissionCounts;
    readonly bills: Bills;
  },
): Loop =>
  tellFigures({
    id: given.id,
    kind: 'worker',
    database,
    clock,
    log,
    gateOpen: () => given.gate.doubt() === undefined,
    journalFails: given.journalFails,
    besides: async () => {
      await given.counts.hand((counted) => database.outside((tx) => addSubmissionCounts(tx, counted)));
      await given.bills.hand((billed) => database.outside((tx) => addBills(tx, billed)));
    },
  });

const housekeepingWork = (parts: Parts, keysOf: HousekeeperDeps['keysOf']): (() => Promise<void>) => {
  const housekeeper = new Housekeeper({ ...parts, keysOf, anchoring: anchoringOf(parts) });
  return () => housekeeper.turn();
};

async function meetTemporal(
  parts: Parts,
  sealer: PayloadSealer,
  traces: Awaited<ReturnType<typeof core.openWorkerTraces>>,
) {
  const [temporal, bundle] = await Promise.all([
    eventually(parts, 'Temporal', () => openTemporal(parts.config.temporal, sealer, traces?.client)),
    core.keptBundle(join(parts.config.dataFolder, 'cache'), { traced: traces !== undefined }),
  ]);
  await eventually(parts, 'Temporal', () =>
    registerSearchAttributes(temporal.connection, temporal.namespace),
  );
  const { namespace } = temporal;
  return { temporal, pooled: { namespace, sealer, bundle, traced: traces?.workers } };
}

/** Starts one worker process; returns the function that closes everything that it opened. */
async function main(stopping: AbortController): Promise<() => Promise<void>> {
  const config = readConfig(process.env);
  const parts = await openParts(config, stopping.signal);
  const { database, clock, log, databaseUrl } = parts;
  quietRuntime();
  const traces = await core.openWorkerTraces(process.env);
  const id = randomUUID();
  const readTime = () => database.outside((tx) => clock.follow(() => readClock(tx)));
  await eventually(parts, 'PostgreSQL', readTime);
  const following = followClock(parts, id);
  const sealer = await eventually(parts, 'PostgreSQL', () => payloadSealerOf(parts));
  const keys = keepKeys({ ...parts, besides: [parts.keyed] }, sealer, id);
  const [counts, bills] = [new SubmissionCounts(), new Bills()];
  const accounts = await eventually(parts, 'PostgreSQL', () => openAllAccounts(parts, { counts, bills }));
  const { temporal, pooled } = await meetTemporal(parts, sealer, traces);
  const conducting = { database, temporal, clock, log, publicUrl: config.publicUrl };
  const keeper = new SealKeeper(conducting, config.dataFolder);
  const journals = watchJournals(parts);
  const gate: Clock = gatedClock(clock, { seal: () => keeper.doubt(), journal: () => journals.doubt() });
  const sending = { ...parts, database: parts.keyed, clock: gate, accounts, workerId: id };
  const path = createSendPath({ ...sending, linkBase: config.linkBase });
  const { pool, pulse, pace } = await serve(parts, { id, keeper, temporal, pooled: { ...pooled, path } });
  const webhookDispatcher = new WebhookSender({ ...parts, privately: config.privateWebhooks });
  const conductor = new Conductor(conducting, {
    databaseUrl,
    keeper,
    inbox: inboxWork(parts, accounts),
    webhooks: () => webhookDispatcher.turn(),
    housekeeping: housekeepingWork(parts, path.keysOf),
    isSteppedBack: () => pace.isBack(),
    adoptClock: async () => void (await readTime()),
  });
  const onTheWire = [pace, startPulse(parts, pulse, pool), conductOrders(parts, { workerId: id, accounts })];
  const figures = figuresOf(parts, { id, gate, journalFails: () => accounts.journalFails(), counts, bills });
  log.info({ queues: config.queues }, 'working');
  flushCompileCache();

  return async () => {
    await Promise.all([conductor.stop(), pool.stop(), ...onTheWire.map((one) => one.stop())]);
    await Promise.all([
      ...[figures, webhookDispatcher, journals, following, keys].map((one) => one.stop()),
      path.close(),
      accounts.close(),
      temporal.close(),
    ]);
    await traces?.close();
    await leaveDatabase(parts, id);
  };
}

/** Removes the process from the list of processes, if the database answers, and closes the connections. */
async function leaveDatabase({ database, keyed }: Parts, id: string): Promise<void> {
  await database.outside((tx) => removeProcess(tx, id)).catch(() => undefined);
  await Promise.all([database.close(), keyed.close()]);
}

const stopping = new AbortController();
let close = (): Promise<void> => Promise.resolve();

/** Stops the process: it marks no more messages, and waits for those that are on the wire. */
async function stop(): Promise<void> {
  setTimeout(() => process.exit(0), STOPS_WITHIN_MS).unref();
  stopping.abort();
  await close();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

try {
  close = await main(stopping);
} catch (cause) {
  complain('worker', cause);
  process.exit(1);
}
