import { setTimeout as pause } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import { rename, rm, writeFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { startLogged, type ChildExit } from './leashed.ts';
import { CannotStart } from '../../base/index.ts';

/** The parts of an instance, by their names in run.json. */
export type PartName = OurName | 'postgres' | 'temporal';

/** The parts that run our own code. */
export type OurName = 'api' | 'public' | 'worker';

export interface Running {
  readonly pid: number;
  readonly ended: Promise<ChildExit>;
  readonly stop: (patienceMs: number) => Promise<unknown>;
}

interface RunningPart {
  readonly name: PartName;
  readonly start: () => Promise<Running>;
  readonly changed: () => Promise<void>;
  readonly tell: (line: string) => void;
}

// A part is restarted within 2 s; one that keeps ending is tried again every 5 s.
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
const STEADY_AFTER_MS = 10_000;

/** Restarts a part whenever it ends, until it is stopped. */
export class KeptRunning {
  readonly name: PartName;
  readonly #part: RunningPart;
  readonly #stopping = new AbortController();
  #running: Running | undefined;
  #waitMs = FIRST_WAIT_MS;
  #starting: Promise<Running> | undefined;
  #watch: Promise<void> = Promise.resolve();

  constructor(part: RunningPart) {
    this.#part = part;
    this.name = part.name;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Starts the part for the first time, and throws when that fails. */
  async start(): Promise<void> {
    await this.#run();
    this.#watch = this.#keep();
  }

  /** Stops the part for good, even while it starts. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#starting?.catch(() => undefined);
    await this.#running?.stop(patienceMs);
    await this.#watch;
  }

  async #run(): Promise<void> {
    this.#starting = this.#part.start();
    this.#running = await this.#starting;
  }

  async #keep(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const since = performance.now();
      const ending = await this.#running?.ended;
      this.#running = undefined;
      if (this.#stopping.signal.aborted) return;
      this.#waitMs = performance.now() - since > STEADY_AFTER_MS ? FIRST_WAIT_MS : this.#waitMs;
      this.#part.tell(
        `${this.name} ended (${ending?.signal ?? `code ${ending?.code}`}) and is started again.`,
      );
      await this.#again();
    }
  }

  async #again(): Promise<void> {
    while (!this.#stopping.signal.aborted && this.#running === undefined) {
      await pause(this.#waitMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
      if (!this.#stopping.signal.aborted) await this.#attempt();
    }
  }

  async #attempt(): Promise<void> {
    try {
      await this.#run();
      await this.#part.changed();
    } catch (cause) {
      this.#part.tell(cause instanceof Error ? cause.message : String(cause));
    }
  }
}

/** The most helper threads of V8, which always suffice. */
const MOST_HELPERS = 4;

/**
 * One fewer than there are processors: with more, helpers wait for each other, and a row of an import costs a tenth
 * more.
 */
const helpers = Math.min(MOST_HELPERS, Math.max(1, availableParallelism() - 1));

/**
 * Half of the default. With less, data are copied again and again while a thousand calls are in flight; more would
 * never be given back.
 */
const YOUNG_MIB = 32;
/** Less for the public server, which answers one call after the other and holds none of them long. */
const PUBLIC_YOUNG_MIB = 4;
/** Keeps the memory of a worker small, since nobody waits for its answers. */
const WORKER_GROWTH = 100;
/** To collect 90 MiB takes a quarter of a second of a processor; with 100 %, an attack caused that every 20 s. */
const WEB_GROWTH = 300;

/**
 * Limits of the heap of each process: MiB of its young generation, and by how much the old one may grow before it is
 * collected. Node caches compiled code by some of these flags: api and public server share it, the worker has its own.
 */
const heaps = {
  api: { youngMiB: YOUNG_MIB, growthPercent: WEB_GROWTH },
  public: { youngMiB: PUBLIC_YOUNG_MIB, growthPercent: WEB_GROWTH },
  worker: { youngMiB: YOUNG_MIB, growthPercent: WORKER_GROWTH },
} as const satisfies Record<OurName, object>;

export function heapFlags(part: OurName): readonly string[] {
  const { youngMiB, growthPercent } = heaps[part];
  return [
    `--max-semi-space-size=${youngMiB}`,
    `--heap-growing-percent=${growthPercent}`,
    `--v8-pool-size=${helpers}`,
  ];
}

/**
 * Memory outside of the heap has two arenas. With one for each thread, memory that is freed in one is of no use to the
 * others, and an import needs 50 MiB more.
 */
export const heapEnvironment = { MALLOC_ARENA_MAX: '2' } as const;

/**
 * Starts api, public server or worker. Settings are passed by the environment, since arguments are visible to others.
 */
export async function startOurProcess(order: {
  readonly name: OurName;
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  readonly onReport?: (report: unknown) => void;
}): Promise<Running> {
  const child = await startLogged(order.log, {
    command: process.execPath,
    args: [...heapFlags(order.name), order.entry],
    // Its work survives being killed, and a process that lingers would still have the port when we start again.
    farewell: 'KILL',
    env: { ...heapEnvironment, ...order.env },
    ...(order.onReport === undefined ? {} : { onReport: order.onReport }),
  });
  const { pid, ended } = child;
  return { pid, ended, stop: (patienceMs) => child.stop('SIGTERM', patienceMs) };
}

function place(dataFolder: string): string {
  return path.join(dataFolder, 'run.json');
}

/** Replaces run.json atomically; it has no secret. */
export async function writeRunFile(
  dataFolder: string,
  content: {
    readonly pid: number;
    readonly url: string;
    /** Null when the api replaces the public server. */
    readonly publicUrl: string | null;
    readonly processes: readonly { readonly name: PartName; readonly pid: number }[];
    readonly databaseUrl: string;
    readonly temporalAddress: string;
    readonly temporalNamespace: string;
    /** Null when Temporal is not embedded. */
    readonly temporalDatabase: string | null;
    /** Null when PostgreSQL is not embedded. */
    readonly postgresData: string | null;
    readonly logs: string;
  },
): Promise<void> {
  const draft = `${place(dataFolder)}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, place(dataFolder));
}

/** Removes run.json when nothing runs any more. */
export async function removeRunFile(dataFolder: string): Promise<void> {
  await rm(place(dataFolder), { force: true });
}

/** Returns the sentence with which one of our processes refused to start; undefined when it failed otherwise. */
export async function firstRefusal(ending: ChildExit, log: string): Promise<CannotStart | undefined> {
  if (ending.code !== 1) return undefined;
  const text = await readFile(log, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  // Lines of the log are JSON; a refusal is a plain sentence, the last line before the process ended.
  const isSentence =
    last !== '' &&
    !last.startsWith('{') &&
    !/^(?:The (?:api|public server|worker) failed:| +at |Node\.js v)/.test(last);
  return isSentence ? new CannotStart(last) : undefined;
}

const ImportProgress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reading'), rows: z.int(), perSecond: z.int(), secondsLeft: z.int() }),
  z.object({ kind: z.literal('read'), rows: z.int(), seconds: z.int() }),
]);

/** A report on the progress of a long import, without personal data. */
export type ImportProgress = z.infer<typeof ImportProgress>;

const number = new Intl.NumberFormat('en');

/** Shows a process's report on a long import; ignores any other message. */
export function showReport(
  report: unknown,
  {
    tell,
    progress = tell,
  }: { readonly tell: (line: string) => void; readonly progress?: (line: string) => void },
): void {
  const { data } = ImportProgress.safeParse(report);
  if (data === undefined) return;
  const rows = number.format(data.rows);
  if (data.kind === 'read') tell(`An import is read: ${rows} rows in ${time(data.seconds)}.`);
  else
    progress(
      `Reading an import: ${rows} rows, ${number.format(data.perSecond)} a second, ${time(data.secondsLeft)} left.`,
    );
}

const time = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
