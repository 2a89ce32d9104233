import { setTimeout as pause } from 'node:timers/promises';
import type { ChildExit } from './leashed.ts';

/** The parts of an instance, by their names in run.json. */
export type PartName = 'api' | 'public' | 'worker' | 'postgres' | 'temporal';

/** One run of a part. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<ChildExit>;
  readonly stop: (patienceMs: number) => Promise<unknown>;
}

/** A part, and the callbacks of its starts and ends. */
export interface RunningPart {
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

  /** The id of the running process, if any. */
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
