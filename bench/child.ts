import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { heapEnvironment } from '../src/main/embedded/processes.ts';

/** How a process of a bench is started. */
interface ChildOptions {
  /** For node. */
  readonly flags?: readonly string[];
  /** Linux may schedule it apart from its parent then. */
  readonly ownSession?: boolean;
}

/** A process of a bench: it tells when it is ready, is told to go, and tells what it came to. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(script: string, order: object, { flags = [], ownSession = false }: ChildOptions = {}) {
    const { PROFILE } = process.env;
    this.#process = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
      env: { ...heapEnvironment, ...process.env, ORDER: JSON.stringify(order) },
      execArgv: [...flags, ...(PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`])],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: ownSession,
    });
    this.#ended = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`a process of the bench ended with ${String(code)}`);
    });
    this.#ended.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What it says next; throws when it ends without a word. */
  async said<T>(): Promise<T> {
    const [word] = (await Promise.race([once(this.#process, 'message'), this.#ended])) as [T];
    return word;
  }

  /** Says go, and waits for nothing. */
  begin(): void {
    this.#process.send('go');
  }

  /** Says go, and waits for what it comes to. */
  async go<T>(): Promise<T> {
    const said = this.said<T>();
    this.begin();
    return said;
  }

  /** Ends it, by its own handle. */
  async end(how: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    if (how === 'SIGTERM' && this.#process.connected) this.#process.disconnect();
    else this.#process.kill(how);
    await gone;
  }
}
