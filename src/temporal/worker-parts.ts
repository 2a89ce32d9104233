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
import type { wayTo } from './connection.ts';
import { dataConverterOf, failureConverterPath, type PayloadSealer } from './payload-codec.ts';

/** The parts that workers alone load: the core of Temporal, and the bundle of the workflows. */
export { openWorkerTraces } from './worker-traces.ts';

/**
 * Chunks hold connections to operators; steps and plans are short. Housekeeping has far more slots than heavy work
 * has places (`src/main/worker/activity-ports.ts`): what waits for one, waits where tenants share them.
 */
const SLOTS: Readonly<Record<Queue, number>> = {
  orchestration: 50,
  'sms-transactional': 50,
  'sms-bulk': 8,
  housekeeping: 100,
};

/**
 * Workflows cached between two of their tasks: as many as are at work at once, and as many again. One that sleeps
 * for days is rebuilt from its short history when it wakes. The SDK would keep as many as the heap could hold,
 * whatever else needs the memory.
 */
const WORKFLOWS_KEPT = 1_000;

/** Workers that poll together, and the end of the last of them. */
interface Generation {
  readonly workers: readonly Worker[];
  readonly ended: Promise<void>;
}

/** The dependencies of a pool of workers. */
export interface PoolParts {
  readonly way: Awaited<ReturnType<typeof wayTo>>;
  readonly namespace: string;
  readonly sealer: PayloadSealer;
  readonly bundle: WorkflowBundleOption;
  readonly activities: object;
  readonly queues: readonly Queue[];
  readonly log: Log;
  /** The interceptors that trace workers; absent: no tracing. */
  readonly traced?: Pick<WorkerOptions, 'interceptors' | 'sinks'> | undefined;
}

/**
 * The Temporal workers of one process, one for each queue. After an outage the SDK polls again up to 12 s late; a
 * new generation polls at once, while the old one drains.
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

  /** Polls these queues from now on, and no other; work taken from another ends. */
  async serve(wanted: readonly Queue[]): Promise<void> {
    this.#queues = wanted;
    await this.renew();
  }

  /** Starts a generation of workers; the former one takes no more and ends its work. */
  renew(): Promise<void> {
    // One after the other: the last renewal serves the last request.
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

  /** Takes no more work, and resolves once all its work has ended: 15 s at most. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#current !== undefined) this.#drain(this.#current);
    await Promise.all(this.#draining);
  }

  async #start(): Promise<Generation> {
    // Over a slow way a connection takes seconds, while the workers before it go on taking work.
    if (this.#queues.length === 0) return { workers: [], ended: Promise.resolve() };
    const connection = await NativeConnection.connect(this.#parts.way);
    try {
      const workers = await Promise.all(this.#queues.map((queue) => this.#worker(connection, queue)));
      const runs = workers.map((worker) => worker.run());
      return { workers, ended: this.#watched(runs, connection) };
    } catch (cause) {
      await connection.close();
      throw cause;
    }
  }

  async #watched(runs: readonly Promise<void>[], connection: NativeConnection): Promise<void> {
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

/** Spans of workflows leave the sandbox through a sink; no history depends on them. */
const tracing = (): string[] => [
  fileURLToPath(new URL('./no-trace-begun.ts', import.meta.url)),
  createRequire(import.meta.url).resolve(
    '@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors.js',
  ),
];

/** Bundles all workflows for the sandbox; about two seconds of processor. */
function bundleWorkflows({ traced = false } = {}): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows', 'index.ts'),
    failureConverterPath,
    ...(traced ? { workflowInterceptorModules: tracing() } : {}),
    logger: new DefaultLogger('ERROR'),
  });
}

/**
 * Returns the bundle of an earlier start with the same sources, or makes it and stores it in the folder. A killed
 * worker works again sooner by it. A damaged file is made again.
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

/** Half a file never has the final name, whatever is killed and whoever else writes it. */
async function keep(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

/**
 * Digests all possible sources of the bundle: more than it uses, so that no change goes unseen. Read one after the
 * other: handed to threads and back, a thousand small files take six times the processor time.
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
