import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundle,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { queues, timeOuts } from '../../workflows/settings.ts';
import { faultOf, type Log } from '../platform/index.ts';
import type { Queue } from '../settings/index.ts';
import type { connectionOptions } from './connection.ts';
import { dataConverterOf, failureConverterPath, type PayloadSealer } from './payload-codec.ts';

/** The parts that workers alone load: the core of Temporal, and the bundle of the workflows. */
export { openWorkerTraces } from './worker-traces.ts';

/**
 * Concurrent activities by queue. Chunks hold connections to operators; steps and plans are short. Housekeeping has far
 * more slots than there are places for heavy work (`src/main/worker/activity-ports.ts`), so that work waits for a place,
 * which tenants share fairly, and not for a slot.
 */
const SLOTS: Readonly<Record<Queue, number>> = {
  orchestration: 50,
  'sms-transactional': 50,
  'sms-bulk': 8,
  housekeeping: 100,
};

/**
 * Workflows cached between two of their tasks: twice as many as work at once. One that sleeps for days is rebuilt from
 * its short history when it wakes. By default the SDK would cache as many as fit into the heap, whatever else needs the
 * memory.
 */
const WORKFLOWS_KEPT = 1_000;

/** Workers that poll together; `ended` resolves when the last of them has ended. */
interface Generation {
  readonly workers: readonly Worker[];
  readonly ended: Promise<void>;
}

/** What a pool of workers needs. */
export interface PoolParts {
  readonly connection: Awaited<ReturnType<typeof connectionOptions>>;
  readonly namespace: string;
  readonly sealer: PayloadSealer;
  readonly bundle: WorkflowBundleOption;
  readonly activities: object;
  readonly queues: readonly Queue[];
  readonly log: Log;
  /** The interceptors and sinks that trace workers, when a collector is named. */
  readonly traced?: Pick<WorkerOptions, 'interceptors' | 'sinks'> | undefined;
}

/**
 * The Temporal workers of one process, one for each queue. After an outage the SDK polls again up to 12 s late, so the
 * pool starts a new generation of workers, which polls at once, while the old one ends its work.
 */
export class WorkerPool {
  readonly #parts: PoolParts;
  #queues: readonly Queue[];
  #renewing: Promise<void> = Promise.resolve();
  readonly #draining = new Set<Promise<void>>();
  #current: Generation | undefined;
  #broken = false;
  #stopping = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#queues = parts.queues;
  }

  /** True when a worker ended by itself: a new generation is needed. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Polls these queues from now on, and no other; work that was taken from others still ends. */
  async serve(wanted: readonly Queue[]): Promise<void> {
    this.#queues = wanted;
    await this.renew();
  }

  /** Starts a new generation of workers; the one before takes no more work, and ends what it has. */
  renew(): Promise<void> {
    // One after the other, so that the last renewal has the queues of the last call.
    const renewed = this.#renewing.then(() => this.#renew());
    this.#renewing = renewed.catch(() => undefined);
    return renewed;
  }

  async #renew(): Promise<void> {
    const next = await this.#start();
    const before = this.#current;
    this.#current = next;
    this.#broken = false;
    if (before !== undefined) this.#drain(before);
    if (this.#stopping) this.#drain(next);
  }

  /** Takes no more work, and resolves once all work has ended, within 15 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#current !== undefined) this.#drain(this.#current);
    await Promise.all(this.#draining);
  }

  async #start(): Promise<Generation> {
    // Without queues no connection is opened: over a slow network that takes seconds, in which the workers before would
    // go on taking work.
    if (this.#queues.length === 0) return { workers: [], ended: Promise.resolve() };
    const connection = await NativeConnection.connect(this.#parts.connection);
    try {
      const workers = await Promise.all(this.#queues.map((queue) => this.#worker(connection, queue)));
      const runs = workers.map((worker) => worker.run());
      return { workers, ended: this.#ended(runs, connection) };
    } catch (cause) {
      await connection.close();
      throw cause;
    }
  }

  async #ended(runs: readonly Promise<void>[], connection: NativeConnection): Promise<void> {
    const failed = (cause: unknown): void => {
      this.#parts.log.error({ fault: faultOf(cause) }, 'a worker failed');
      this.#broken = true;
    };
    await Promise.all(runs.map((run) => run.catch(failed)));
    await connection.close().catch(() => undefined);
  }

  #worker(connection: NativeConnection, queue: Queue): Promise<Worker> {
    const { namespace, sealer, bundle, activities, traced } = this.#parts;
    return Worker.create({
      connection,
      namespace,
      taskQueue: queue,
      activities,
      identity: `bonheure-${queue}@${process.pid}`,
      dataConverter: dataConverterOf(sealer),
      maxConcurrentActivityTaskExecutions: SLOTS[queue],
      maxHeartbeatThrottleInterval: timeOuts.heartbeatMs,
      stickyQueueScheduleToStartTimeout: timeOuts.stickyMs,
      shutdownGraceTime: timeOuts.shutdownGraceMs,
      ...traced,
      ...(queue === queues.orchestration
        ? { workflowBundle: bundle, maxCachedWorkflows: WORKFLOWS_KEPT }
        : {}),
    });
  }

  #drain({ workers, ended }: Generation): void {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    const drained = ended.finally(() => this.#draining.delete(drained));
    this.#draining.add(drained);
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The modules that trace workflows. Their spans leave the sandbox through a sink, so no history depends on them. */
const tracingModules = (): string[] => [
  fileURLToPath(new URL('./no-trace-begun.ts', import.meta.url)),
  createRequire(import.meta.url).resolve(
    '@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors.js',
  ),
];

/** Bundles all workflows for the sandbox, which takes about two seconds of processor. */
function bundleWorkflows({ traced = false } = {}): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows', 'index.ts'),
    failureConverterPath,
    ...(traced ? { workflowInterceptorModules: tracingModules() } : {}),
    logger: new DefaultLogger('ERROR'),
  });
}

/**
 * Returns the bundle of the workflows from the folder, or makes it and stores it there when the sources have changed or
 * the file is damaged. A worker that was killed works again the sooner.
 */
export async function keptBundle(folder: string, { traced = false } = {}): Promise<WorkflowBundle> {
  const sources = digestOfSources();
  const file = path.join(folder, traced ? 'workflows-traced.js' : 'workflows.js');
  const [head, code] = halves(await readFile(file, 'utf8').catch(() => ''));
  if (head === headOf(sources, code)) return { code };
  const made = await bundleWorkflows({ traced });
  await keep(file, `${headOf(sources, made.code)}\n${made.code}`);
  return made;
}

const headOf = (sources: string, code: string): string => `// ${sources} ${sha256(code)}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function halves(text: string): readonly [string, string] {
  const at = text.indexOf('\n');
  return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
}

/** Stores a file atomically: a process that is killed, or another that writes too, never leaves half a file. */
async function keep(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

/**
 * Digests all sources from which the bundle may be made, which are more than it uses, so that no change is missed. Files
 * are read synchronously: a thousand small files read by Node's threads take six times the processor time.
 */
function digestOfSources(): string {
  const sources = ['src', 'workflows'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.join(folder, name),
    ),
  );
  const digest = createHash('sha256').update(process.version);
  for (const name of ['package-lock.json', ...sources.filter((one) => one.endsWith('.ts')).toSorted()])
    digest
      .update(`${name}\0`)
      .update(readFileSync(path.join(root, name)))
      .update('\0');
  return digest.digest('hex');
}
