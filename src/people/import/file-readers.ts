import {
  FileThread,
  type FileRow,
  type Header,
  type ReadRow,
  type HeaderOrder,
} from '../../reading/index.ts';
import type { PeopleOrder, PersonRow } from './people-file.ts';
import { OtherEndFailed, type Verbs, type TextFrom } from '../../base/index.ts';
import { Places, type PlaceBounds, type PlaceTaker } from '../../platform/index.ts';
import { bilingual } from '../../words/index.ts';

/** A file to read, with its tenant and the signal that aborts the reading. */
export interface FileSource extends PlaceTaker {
  readonly textFrom: TextFrom;
  /** Returns the lines of rows that the database would reject. */
  readonly refused?: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
}

/** One thread and the file it reads now. */
class FileReader {
  /** The thread's script, which determines the files it reads. */
  readonly script: URL;
  readonly #texts = new Map<number, AsyncIterator<Buffer>>();
  readonly #thread: FileThread;
  #file: FileSource | undefined;
  #idle: NodeJS.Timeout | undefined;
  #opened = 0;
  /** The first error on this side while the thread asked for something. */
  #fault: unknown;

  constructor(script: URL) {
    this.script = script;
    const verbs = {
      open: (offset: number) => this.#open(offset),
      more: (id: number) => this.#noteFault(() => this.#more(id)),
      close: (id: number) => this.#noteFault(() => this.#close(id)),
      refused: (rows: readonly ReadRow[]) =>
        this.#noteFault(async () => [...((await this.#file?.refused?.(rows)) ?? [])]),
    } satisfies Verbs;
    this.#thread = new FileThread(script, verbs);
  }

  get isEnded(): boolean {
    return this.#thread.isEnded;
  }

  take(file: FileSource): void {
    clearTimeout(this.#idle);
    [this.#file, this.#fault] = [file, undefined];
  }

  rest(forMs: number): void {
    this.#file = undefined;
    this.#thread.rest();
    this.#idle = setTimeout(() => void this.end(), forMs).unref();
  }

  /** Returns a page of rows; undefined behind the last one. A failure that no caller awaits is no unhandled rejection. */
  page<Row>(): Promise<readonly Row[] | undefined> {
    const page = this.call<readonly Row[] | undefined>('page');
    page.catch(() => undefined);
    return page;
  }

  async call<Answer>(verb: string, argument?: unknown): Promise<Answer> {
    try {
      return await this.#thread.call<Answer>(verb, argument);
    } catch (cause) {
      // A fault on this side is passed on as it is; a reading that failed in the thread stopped at its row.
      if (this.#fault !== undefined) throw this.#fault;
      throw cause instanceof OtherEndFailed ? this.#thread.stopped(cause) : cause;
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread.end();
    const texts = [...this.#texts.values()];
    this.#texts.clear();
    for (const text of texts) await text.return?.();
  }

  #open(offset: number): number {
    const id = (this.#opened += 1);
    const text = this.#file?.textFrom(offset);
    if (text !== undefined) this.#texts.set(id, text[Symbol.asyncIterator]());
    return id;
  }

  async #more(id: number): Promise<Uint8Array | undefined> {
    const next = await this.#texts.get(id)?.next();
    // A copy, since the thread takes over the memory.
    return next?.done === false ? Uint8Array.from(next.value) : undefined;
  }

  async #close(id: number): Promise<void> {
    const text = this.#texts.get(id);
    this.#texts.delete(id);
    await text?.return?.();
  }

  async #noteFault<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      this.#fault ??= cause;
      throw cause;
    }
  }
}

/** An idle thread ends after this: longer than a person takes between two files. */
const IDLE_MS = 60_000;
/** Starting a thread costs 300 ms of processor: two files that often come together find an idle thread each. */
const MOST_IDLE = 2;

/** Reads files of one kind, each in a thread of its own. */
export class FileReaders<Order, Row extends FileRow> {
  readonly #script: URL;

  constructor(script: URL) {
    this.#script = script;
  }

  /** Reads the header of a file; rejects with the reason when it is aborted. */
  async header(file: FileSource, order: Order): Promise<Header> {
    const lease = await readerPool.lend(this.#script, file);
    try {
      const header = await lease.reader.call<Header>('header', order);
      lease.keep();
      return header;
    } catch (cause) {
      file.signal?.throwIfAborted();
      throw cause;
    } finally {
      await lease.release();
    }
  }

  /** Yields pages of rows in order, while the next page is read. Once aborted it ends without an error. */
  async *rows(file: FileSource, order: Order): AsyncGenerator<readonly Row[]> {
    try {
      yield* this.#pages(file, order);
    } catch (cause) {
      if (file.signal?.aborted !== true) throw cause;
    }
  }

  async *#pages(file: FileSource, order: Order): AsyncGenerator<readonly Row[]> {
    const lease = await readerPool.lend(this.#script, file);
    const { reader } = lease;
    try {
      await reader.call('begin', order);
      let next = reader.page<Row>();
      for (;;) {
        const page = await next;
        if (page === undefined) break;
        next = reader.page<Row>();
        yield page;
      }
      lease.keep();
    } finally {
      await lease.release();
    }
  }
}

/** The threads of one process that read files of any kind: a bounded number at work, and few idle ones. */
class ReaderPool {
  readonly #places: Places;
  /** The one that is idle for longest comes first. */
  #idle: readonly FileReader[] = [];

  constructor(bounds: PlaceBounds) {
    this.#places = new Places(bounds);
  }

  /** Lends a reader for a file once there is a place; when the file is aborted the reader ends. */
  async lend(script: URL, file: FileSource) {
    const { signal } = file;
    await this.#places.take(file);
    let reader: FileReader;
    try {
      reader = await this.#readerOf(script);
    } catch (cause) {
      this.#places.leave(file);
      throw cause;
    }
    reader.take(file);
    const stop = (): void => void reader.end();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
    let readWell = false;
    return {
      reader,
      /** Called when the file was read well: the reader may read another. */
      keep: () => {
        readWell = true;
      },
      release: async () => {
        signal?.removeEventListener('abort', stop);
        await this.#takeBack(reader, readWell);
        this.#places.leave(file);
      },
    };
  }

  /** Ends the idle threads. */
  async forget(): Promise<void> {
    const idle = this.#idle;
    this.#idle = [];
    await Promise.all(idle.map((reader) => reader.end()));
  }

  /** Returns an idle reader of that script, or a new one; then an idle reader of another script may end for its memory. */
  async #readerOf(script: URL): Promise<FileReader> {
    this.#idle = this.#idle.filter(({ isEnded }) => !isEnded);
    const fitting = this.#idle.find((idle) => idle.script.href === script.href);
    if (fitting === undefined) {
      await this.#endBeyond(MOST_IDLE - 1);
      return new FileReader(script);
    }
    this.#idle = this.#idle.filter((idle) => idle !== fitting);
    return fitting;
  }

  async #takeBack(reader: FileReader, readWell: boolean): Promise<void> {
    if (!readWell || reader.isEnded) return reader.end();
    reader.rest(IDLE_MS);
    this.#idle = [...this.#idle, reader];
    await this.#endBeyond(MOST_IDLE);
  }

  async #endBeyond(most: number): Promise<void> {
    const ended = this.#idle.slice(0, Math.max(0, this.#idle.length - most));
    this.#idle = this.#idle.slice(ended.length);
    await Promise.all(ended.map((reader) => reader.end()));
  }
}

/** How many files a process reads at once. A thread has some 30 MB, and up to 200 MB while it reads. */
export const FILES_AT_ONCE = { most: 4, ofTenant: 3 } as const;

/** Imports of a worker never wait here: it has no more of them under way than there are places. */
export const readerPool = new ReaderPool({
  ...FILES_AT_ONCE,
  mostWaiting: 64,
  waitingOfTenant: 16,
  refusal: { detail: bilingual.importing.tooManyFiles },
});

/** Reads files of people, each in a thread of its own. */
export const peopleFiles = new FileReaders<HeaderOrder | PeopleOrder, PersonRow>(
  new URL('people-file-thread.ts', import.meta.url),
);
