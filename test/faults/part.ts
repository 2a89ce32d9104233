import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startLeashed, type Leashed } from '../../src/main/embedded/leashed.ts';
import { heapEnvironment, heapFlags, type OurName } from '../../src/main/embedded/processes.ts';

/** How a program is started: in a network namespace, with a clock or a resolver of its own. */
export interface Around {
  /** Words before the program, each as one argument. */
  readonly prefix?: readonly string[];
  /** Flags of node. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One program of the system under test. */
export interface Program extends Omit<Around, 'env'> {
  readonly name: string;
  /** From the root of the project. */
  readonly entry: string;
  /** The part of an instance whose heap limits it gets. */
  readonly heapOf?: OurName;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its log is kept. */
  readonly logs: string;
  /** Whether it works, asked again and again after a start. */
  readonly works: () => Promise<boolean>;
}

/** A process that is struck: what is true of a worker is true of a server. */
export interface Part {
  readonly name: string;
  pid(): number;
  /** Starts it again after it was killed; resolves once it works. */
  start(): Promise<void>;
  end(how: NodeJS.Signals): Promise<void>;
}

const WORKS_WITHIN_MS = 90_000;
const AGAIN_AFTER_MS = 500;

/** Asks until it is so; throws when it is not in time. */
export async function untilSo(
  what: string,
  so: () => Promise<boolean>,
  withinMs = WORKS_WITHIN_MS,
): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!(await so().catch(() => false))) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: still not, after ${withinMs} ms`);
    await pause(50);
  }
}

/** Whether an address answers 2xx. */
export const answers = async (url: string): Promise<boolean> =>
  (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;

/** One of our own processes, started as `npm start` starts it. */
export class OurPart implements Part {
  readonly #program: Program;
  #running: Leashed | undefined;
  #logged = 0;
  /** Whether it is meant to run: whoever ends by itself is started again, as by any supervisor. */
  #isWanted = false;

  constructor(program: Program) {
    this.#program = program;
  }

  get name(): string {
    return this.#program.name;
  }

  get #log(): string {
    return path.join(this.#program.logs, `${this.name}.log`);
  }

  pid(): number {
    if (this.#running === undefined) throw new Error(`${this.name} does not run`);
    return this.#running.pid;
  }

  async start(): Promise<void> {
    this.#isWanted = true;
    this.#running = undefined;
    await this.#spawn();
    await untilSo(`${this.name} works`, () => this.#program.works()).catch(async (cause: unknown) => {
      throw new Error(`${this.name} did not start: ${await this.saidSince()}`, { cause });
    });
  }

  async #spawn(): Promise<void> {
    const { prefix = [], flags = [], entry, env, heapOf } = this.#program;
    const [command, ...args] = [
      ...prefix,
      process.execPath,
      ...(heapOf === undefined ? [] : heapFlags(heapOf)),
      ...flags,
      fileURLToPath(new URL(`../../${entry}`, import.meta.url)),
    ];
    this.#logged = (await this.said()).length;
    const log = await open(this.#log, 'a');
    const running = await startLeashed({
      command: command ?? process.execPath,
      args,
      farewell: 'KILL',
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...heapEnvironment, ...env },
      output: log.fd,
    });
    this.#running = running;
    await log.close();
    void running.ended.then(async () => {
      await pause(AGAIN_AFTER_MS);
      // Unless it was ended and started meanwhile.
      if (this.#isWanted && this.#running === running) await this.#spawn();
    });
  }

  /** Everything that it ever said. */
  said(): Promise<string> {
    return readFile(this.#log, 'utf8').catch(() => '');
  }

  /** What it said since it was started last. */
  async saidSince(): Promise<string> {
    return (await this.said()).slice(this.#logged);
  }

  async end(how: NodeJS.Signals): Promise<void> {
    this.#isWanted = false;
    if (this.#running === undefined || this.#running.hasEnded()) return;
    await this.#running.stop(how, 10_000);
  }
}

/** A server of the embedded kind, which is started by its own function. */
export class ServerPart<
  T extends { readonly pid: number; readonly ended: Promise<unknown>; stop(ms?: number): Promise<void> },
> implements Part {
  readonly name: string;
  readonly #open: () => Promise<T>;
  #server: T | undefined;
  #isWanted = false;

  constructor(name: string, start: () => Promise<T>) {
    this.name = name;
    this.#open = start;
  }

  get server(): T {
    if (this.#server === undefined) throw new Error(`${this.name} does not run`);
    return this.#server;
  }

  pid(): number {
    return this.server.pid;
  }

  async start(): Promise<void> {
    this.#isWanted = true;
    this.#server = undefined;
    const server = await this.#open();
    this.#server = server;
    void server.ended.then(() => this.#again());
  }

  /** A server that ends by itself is started again, as often as it takes. */
  async #again(): Promise<void> {
    const ended = this.#server;
    await pause(AGAIN_AFTER_MS);
    // Unless it was ended and started meanwhile.
    if (this.#isWanted && this.#server === ended) await this.start().catch(() => this.#again());
  }

  async end(how: NodeJS.Signals): Promise<void> {
    this.#isWanted = false;
    if (this.#server === undefined) return;
    if (how !== 'SIGKILL') return this.#server.stop();
    try {
      process.kill(this.#server.pid, how);
    } catch {
      // It was killed already.
    }
    await this.#server.ended;
  }
}
