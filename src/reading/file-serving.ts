import { parentPort, workerData, type Worker } from 'node:worker_threads';
import {
  LOW_PRIORITY,
  ThreadCalls,
  type Verbs,
  limitedWorker,
  type TextFrom,
  type CsvRow,
} from '../base/index.ts';
import type { Header } from './import-header.ts';
import type { ReadRow } from './import-row.ts';

/** How a thread reaches the file that it reads. */
export interface FileInThread {
  readonly textFrom: TextFrom;
  /** Called before each row, so that the watcher of the thread knows its progress and its line. */
  readonly reads: (line: number) => void;
  /** Returns the lines of rows that the database would reject. */
  readonly refused: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
}

/** How one kind of file is read. */
export interface FileWork<Order, Row extends FileRow> {
  readonly header: (order: Order, file: FileInThread) => Promise<Header>;
  readonly rows: (order: Order, file: FileInThread) => AsyncGenerator<readonly Row[]>;
}

/** The places of the count of steps and of the current line in the memory shared with the watcher. */
const SHARED = { steps: 0, line: 1, length: 2 } as const;

interface ThreadData {
  readonly script: string;
  /** Memory shared with the starter of the thread, which watches it. */
  readonly shared: Int32Array;
}

/** Serves the thread that started this one: reads files for it, one at a time. */
export function serveFiles<Order, Row extends FileRow>(work: FileWork<Order, Row>): void {
  if (parentPort === null) return;
  // `FileThread` starts this thread with such data.
  const { shared } = workerData as ThreadData;
  const step = (): void => void Atomics.add(shared, SHARED.steps, 1);
  let open: AsyncGenerator<readonly Row[]> | undefined;
  const verbs = {
    header: (order: Order) => work.header(order, file),
    begin: (order: Order) => {
      open = work.rows(order, file);
    },
    page: async () => {
      const next = await open?.next();
      return next?.done === false ? next.value : undefined;
    },
  } satisfies Verbs;
  const calls = new ThreadCalls(parentPort, verbs);
  const file: FileInThread = {
    textFrom: (offset) => textBy(calls, offset),
    reads: (at) => {
      Atomics.store(shared, SHARED.line, at);
      step();
    },
    refused: async (rows) => new Set(await calls.call<readonly number[]>('refused', rows)),
  };
  step();
}

async function* textBy(calls: ThreadCalls, offset: number): AsyncGenerator<Buffer> {
  const id = await calls.call<number>('open', offset);
  try {
    for (;;) {
      const piece = await calls.call<Uint8Array | undefined>('more', id);
      if (piece === undefined) return;
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    }
  } finally {
    await calls.call('close', id);
  }
}

/** A row of a file, as its thread read it. */
export interface FileRow {
  readonly row: CsvRow;
}

/** Thrown for a file that ended or blocked the thread that read it. */
export class ReaderStopped extends Error {
  override readonly name = 'ReaderStopped';
  /** The line that was being read. */
  readonly line: number;

  constructor(line: number, cause?: unknown) {
    super(`the reader of a file stopped at line ${line}`, { cause });
    this.line = line;
  }
}

/** Thrown when rows are to be read with the order of a header, which has no cursor. */
export class CursorMissing extends Error {
  override readonly name = 'CursorMissing';

  constructor() {
    super('rows cannot be read with the order of a header');
  }
}

class ThreadNotStarted extends Error {
  override readonly name = 'ThreadNotStarted';

  constructor(cause: unknown) {
    super('no thread could be started to read a file', { cause });
  }
}

/** A row takes microseconds: a thread that makes no step during so many looks, a second apart, is blocked. */
const LOOKS_EVERY_MS = 1_000;
const MOST_LOOKS = 10;

/** Enough for a few pages of rows; the tables of numbers lie outside this heap. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 192 };

/**
 * A thread that reads files. It is watched, and ended when it is blocked. The watcher counts looks instead of time,
 * since a frozen process does not look.
 */
export class FileThread {
  readonly #shared = new Int32Array(new SharedArrayBuffer(4 * SHARED.length));
  readonly #worker: Worker;
  readonly #calls: ThreadCalls;
  #watch: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(script: URL, verbs: Verbs) {
    const data: ThreadData = { script: script.href, shared: this.#shared };
    this.#worker = limitedWorker(LOW_PRIORITY, { limits: LIMITS, data });
    this.#calls = new ThreadCalls(this.#worker, verbs);
    const over = (cause?: unknown): void => {
      this.#over(cause);
    };
    this.#worker.on('error', over);
    this.#worker.on('messageerror', over);
    this.#worker.on('exit', () => over());
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** Calls the thread; rejects with `ReaderStopped` when the file ends or blocks it. */
  async call<Answer>(verb: string, argument?: unknown): Promise<Answer> {
    if (this.#ended) throw this.stopped();
    this.#worker.ref();
    this.#watch ??= setInterval(this.#watcher(), LOOKS_EVERY_MS).unref();
    return this.#calls.call<Answer>(verb, argument);
  }

  /** Lets the process exit while the thread is idle. */
  rest(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#worker.unref();
  }

  async end(cause?: unknown): Promise<void> {
    this.#over(cause);
    await this.#worker.terminate();
  }

  #watcher(): () => void {
    let [seen, looks] = [0, 0];
    return () => {
      const steps = Atomics.load(this.#shared, SHARED.steps);
      // Before its first step the thread is still starting, which no file can block.
      looks = steps > 0 && steps === seen && this.#calls.isOwed ? looks + 1 : 0;
      seen = steps;
      if (looks >= MOST_LOOKS) void this.end();
    };
  }

  #over(cause: unknown): void {
    this.#ended = true;
    clearInterval(this.#watch);
    this.#calls.cut(this.stopped(cause));
  }

  /** Builds the error for a thread that ended, with the line that it was reading. */
  stopped(cause?: unknown): Error {
    const hasBegun = Atomics.load(this.#shared, SHARED.steps) > 0;
    if (!hasBegun) return new ThreadNotStarted(cause);
    return new ReaderStopped(Atomics.load(this.#shared, SHARED.line), cause);
  }
}
