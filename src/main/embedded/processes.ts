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

// Restarted within 2 s; a part that keeps dying is tried every 5 s.
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
const STEADY_AFTER_MS = 10_000;

/** A part that is restarted for ever, whatever ends it. */
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

  /** Starts the part for the first time; a failure is thrown. */
  async start(): Promise<void> {
    await this.#run();
    this.#watch = this.#keep();
  }

  /** Ends the part for good, also one that is just starting. */
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

/** Maximum of node's own helper threads; as many always suffice. */
const MOST_HELPERS = 4;

/** More helpers than processors wait for each other in turn: a row of an import costs a tenth more of them. */
const helpers = Math.min(MOST_HELPERS, Math.max(1, availableParallelism() - 1));

/** Half the usual: with less, data are copied over and over while a thousand calls are in flight; more would stay. */
const YOUNG_MIB = 32;
/** The public server answers one call after the other, and holds none of them long. */
const PUBLIC_YOUNG_MIB = 4;
/** Keeps the memory of a worker small: nobody waits for its answers. */
const WORKER_GROWTH = 100;
/** A collection of 90 MiB takes a quarter of a second of a processor; with 100, an attack caused one every 20 s. */
const WEB_GROWTH = 300;

/**
 * Limits of a heap: MiB of its young generation, and by how much the old one may grow before it is collected. Node
 * keeps compiled code apart by these flags: api and public server read the same, the worker its own.
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
 * Memory outside the heap has two arenas: with one for each thread, memory freed in one is of no use to the others,
 * and an import holds 50 MiB more.
 */
export const heapEnvironment = { MALLOC_ARENA_MAX: '2' } as const;

/** Starts api, public server or worker; settings are passed by environment, never by arguments. */
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
    // Everything it does survives that, and one that lingers would hold the port when we start again.
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

/** Replaces run.json whole: a reader never sees half of it; it holds no secret. */
export async function writeRunFile(
  dataFolder: string,
  content: {
    readonly pid: number;
    readonly url: string;
    /** Null where the api replaces the public server. */
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

/** Removes run.json: nothing runs here any more. */
export async function removeRunFile(dataFolder: string): Promise<void> {
  await rm(place(dataFolder), { force: true });
}

/** Returns the sentence with which one of our processes refused to start; undefined for a fault of ours. */
export async function firstRefusal(ending: ChildExit, log: string): Promise<CannotStart | undefined> {
  if (ending.code !== 1) return undefined;
  const text = await readFile(log, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  // Lines of the log are JSON; a refusal is the one plain sentence before the end.
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

/** The progress of a long import, without names or personal data. */
export type ImportProgress = z.infer<typeof ImportProgress>;

const number = new Intl.NumberFormat('en');

/** Shows a process's reports on its long work; any other message is ignored. */
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
