import { readFile } from 'node:fs/promises';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ClientInterceptors,
  type TLSConfig,
} from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { timeOuts, keys, queues } from '../../workflows/settings.ts';
import { instant, type Clock } from '../platform/index.ts';
import { CannotStart } from '../base/index.ts';
import type { TemporalSettings } from '../settings/index.ts';
import { dataConverterOf, type PayloadSealer } from './payload-codec.ts';

/** A client of Temporal that reconnects by itself. */
export type Temporal = Awaited<ReturnType<typeof openTemporal>>;

/** Returns the options of a connection to Temporal, with the certificates that the settings name. */
export async function connectionOptions(settings: TemporalSettings) {
  if (settings.address === undefined)
    throw new CannotStart('TEMPORAL_ADDRESS is not set: give host:port, or use npm start.');
  const tls = settings.tls === undefined ? undefined : await tlsOf(settings.tls);
  return {
    address: settings.address,
    ...(tls === undefined ? {} : { tls }),
    ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
  };
}

/** Opens a client; resolves once Temporal answers, and throws within 10 s when it does not. */
export async function openTemporal(
  settings: TemporalSettings,
  sealer: PayloadSealer,
  interceptors: ClientInterceptors = {},
) {
  const connection = await Connection.connect({
    ...(await connectionOptions(settings)),
    connectTimeout: 10_000,
    // The default is ten attempts, up to 5 s apart; our callers try again by themselves, and sooner.
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 3 }))],
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 250,
      'grpc.min_reconnect_backoff_ms': 250,
      'grpc.max_reconnect_backoff_ms': timeOuts.reconnectMs,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
    },
  });
  const client = new Client({
    connection,
    namespace: settings.namespace,
    dataConverter: dataConverterOf(sealer),
    identity: `bonheure@${process.pid}`,
    interceptors,
  });
  return { client, connection, namespace: settings.namespace, close: () => connection.close() };
}

async function tlsOf(tls: NonNullable<TemporalSettings['tls']>): Promise<TLSConfig> {
  const clientCertPair =
    tls.clientCertFile === undefined || tls.clientKeyFile === undefined
      ? undefined
      : { crt: await pem(tls.clientCertFile), key: await pem(tls.clientKeyFile) };
  return {
    ...(tls.serverName === undefined ? {} : { serverNameOverride: tls.serverName }),
    ...(tls.serverCaFile === undefined ? {} : { serverRootCACertificate: await pem(tls.serverCaFile) }),
    ...(clientCertPair === undefined ? {} : { clientCertPair }),
  };
}

async function pem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CannotStart(`Cannot read ${file}, which the settings of Temporal's TLS name.`, { cause });
  }
}

/** Makes the search attributes that a namespace lacks; safe to repeat, and for several workers at once. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(keys).flatMap(({ name, type }) => {
    const code = encodeSearchAttributeIndexedValueType(type);
    return name in known.customAttributes || code === undefined ? [] : [[name, code] as const];
  });
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing),
  });
}

/** What Temporal knows about our workers and workflows. */
export type Conducting = Awaited<ReturnType<typeof conductingOf>>;

// Workflow and activity: the SDK exports the type of the enumeration, and not its values.
const TASK_TYPES = [1, 2] as unknown as readonly NonNullable<
  Parameters<Connection['workflowService']['describeTaskQueue']>[0]['taskQueueType']
>[];

const IN_TROUBLE = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'";

/**
 * Asks Temporal for the number of workflows in trouble, whose code fails again and again, and for each queue's
 * backlog and pollers.
 */
export async function conductingOf(
  connection: Connection,
  { namespace, queues: queueNames }: { readonly namespace: string; readonly queues: readonly string[] },
) {
  const [counted, ...states] = await Promise.all([
    connection.workflowService.countWorkflowExecutions({ namespace, query: IN_TROUBLE }),
    ...queueNames.map((queue) => stateOf(connection, { namespace, queue })),
  ]);
  return { inTrouble: Number(counted.count), queues: states };
}

/** `pollers` is 0 when nobody polls some kind of task that waits in the queue. */
async function stateOf(
  connection: Connection,
  { namespace, queue }: { readonly namespace: string; readonly queue: string },
) {
  const kinds = await Promise.all(
    TASK_TYPES.map(async (taskQueueType) => {
      const { stats, pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: queue },
        taskQueueType,
        reportStats: true,
      });
      return { backlog: Number(stats?.approximateBacklogCount ?? 0), pollers: pollers.length };
    }),
  );
  const backlog = kinds.reduce((sum, kind) => sum + kind.backlog, 0);
  // A kind of task that never occurred in a queue has no pollers, which is no fault.
  const waiting = kinds.filter((kind) => kind.backlog > 0);
  const pollers =
    waiting.length > 0
      ? Math.min(...waiting.map((kind) => kind.pollers))
      : Math.max(...kinds.map((kind) => kind.pollers));
  return { queue, backlog, pollers };
}

const ANSWERS_WITHIN_MS = 1_500;

/** What an api asks Temporal, for its probes and metrics. */
export type TemporalProbe = Awaited<ReturnType<typeof temporalProbe>>;

/** Makes the probe of Temporal, which connects on first use; each question fails after 1.5 s. */
export async function temporalProbe(settings: TemporalSettings, clock: Clock) {
  const connection = Connection.lazy(await connectionOptions(settings));
  const { namespace } = settings;
  const within = <T>(ask: () => Promise<T>): Promise<T> =>
    connection.withDeadline(instant(clock.machine() + ANSWERS_WITHIN_MS).toJSDate(), ask);
  return {
    answers: async (): Promise<void> => {
      await within(() => connection.workflowService.describeNamespace({ namespace }));
    },
    conducting: () => within(() => conductingOf(connection, { namespace, queues: Object.values(queues) })),
    close: () => connection.close(),
  };
}

const AWAY_MS = 2_000;
const PULSE_WITHIN_MS = 2_000;

/** Checks whether Temporal answers, and calls `cameBack` when it answers again after it was away. */
export class Pulse {
  readonly #temporal: Temporal;
  readonly #clock: Clock;
  readonly #cameBack: () => Promise<void>;
  #seenAt: number;

  constructor(temporal: Temporal, clock: Clock, cameBack: () => Promise<void>) {
    this.#temporal = temporal;
    this.#clock = clock;
    this.#cameBack = cameBack;
    this.#seenAt = clock.monotonic();
  }

  /** True when Temporal has answered within the last four seconds. */
  get hasAnswered(): boolean {
    return this.#clock.monotonic() - this.#seenAt < AWAY_MS + PULSE_WITHIN_MS;
  }

  /** Asks once; throws while Temporal is away. Calls `cameBack` also when the workers are `broken`. */
  async feel(broken: boolean): Promise<void> {
    const { connection, namespace } = this.#temporal;
    await connection.withDeadline(this.#clock.machine() + PULSE_WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    const wasAway = this.#clock.monotonic() - this.#seenAt > AWAY_MS + PULSE_WITHIN_MS;
    if (wasAway || broken) await this.#cameBack();
    this.#seenAt = this.#clock.monotonic();
  }
}
