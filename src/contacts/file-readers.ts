import type { TextFrom } from './csv-reader.ts';
import { OtherEndFailed, type Verbs } from './file-line.ts';
import type { FileRow } from './file-row.ts';
import { FileThread } from './file-thread.ts';
import type { Header } from './import-header.ts';
import type { ReadRow } from './import-row.ts';

/** A file as this thread has it. */
export interface FileHere {
  readonly textFrom: TextFrom;
  /** The lines among rows that only the database gives back. */
  readonly refused?: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
  /** Aborted: no more rows come. */
  readonly signal?: AbortSignal | undefined;
}

/** Longer than a person takes between two files. */
const IDLE_MS = 60_000;

/**
 * Reads files of one kind, each in a thread of its own.
 *
 * A thread that read its file well waits a minute for another.
 */
export class FileReaders<Order, Row extends FileRow> {
  readonly #script: URL;
  readonly #idle: Reader[] = [];

  constructor(script: URL) {
    this.#script = script;
  }

  /** Ends the threads that wait for a file. */
  async forget(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((reader) => reader.end()));
  }

  /** What a file says of itself. */
  header(file: FileHere, order: Order): Promise<Header> {
    return this.#with(file, (reader) => reader.call<Header>('header', order));
  }

  /** Rows in their order; the next ones are read while those before are looked at. */
  async *rows(file: FileHere, order: Order): AsyncGenerator<readonly Row[]> {
    const reader = this.#taken(file);
    const stop = (): void => void reader.end();
    file.signal?.addEventListener('abort', stop);
    try {
      await reader.call('begin', order);
      let next = reader.page<Row>();
      for (;;) {
        const page = await next;
        if (page === undefined) break;
        next = reader.page<Row>();
        yield page;
      }
      this.#giveBack(reader);
    } catch (cause) {
      if (file.signal?.aborted !== true) throw cause;
    } finally {
      file.signal?.removeEventListener('abort', stop);
      if (!this.#idle.includes(reader)) await reader.end();
    }
  }

  async #with<T>(file: FileHere, work: (reader: Reader) => Promise<T>): Promise<T> {
    const reader = this.#taken(file);
    try {
      const made = await work(reader);
      this.#giveBack(reader);
      return made;
    } catch (cause) {
      await reader.end();
      throw cause;
    }
  }

  #taken(file: FileHere): Reader {
    const waiting = this.#idle.splice(0).toReversed();
    const [one, ...others] = waiting.filter(({ isEnded }) => !isEnded);
    this.#idle.push(...others.toReversed());
    const reader = one ?? new Reader(this.#script);
    reader.take(file);
    return reader;
  }

  #giveBack(reader: Reader): void {
    this.#idle.push(reader);
    reader.rest(IDLE_MS);
  }
}

/** One thread and the file that it reads now. */
class Reader {
  readonly #texts = new Map<number, AsyncIterator<Buffer>>();
  readonly #thread: FileThread;
  #file: FileHere | undefined;
  #idle: NodeJS.Timeout | undefined;
  #opened = 0;
  /** Why something that the thread asked for could not be given. */
  #fault: unknown;

  constructor(script: URL) {
    const verbs = {
      open: (offset: number) => this.#open(offset),
      more: (id: number) => this.#ours(() => this.#more(id)),
      close: (id: number) => this.#ours(() => this.#close(id)),
      refused: (rows: readonly ReadRow[]) =>
        this.#ours(async () => [...((await this.#file?.refused?.(rows)) ?? [])]),
    } satisfies Verbs;
    this.#thread = new FileThread(script, verbs);
  }

  get isEnded(): boolean {
    return this.#thread.isEnded;
  }

  take(file: FileHere): void {
    clearTimeout(this.#idle);
    [this.#file, this.#fault] = [file, undefined];
  }

  rest(forMs: number): void {
    this.#file = undefined;
    this.#thread.rest();
    this.#idle = setTimeout(() => void this.end(), forMs).unref();
  }

  /** A page of rows; nothing behind the last one. Whoever waits for it no more misses no failure. */
  page<Row>(): Promise<readonly Row[] | undefined> {
    const page = this.call<readonly Row[] | undefined>('page');
    page.catch(() => undefined);
    return page;
  }

  async call<Answer>(verb: string, given?: unknown): Promise<Answer> {
    try {
      return await this.#thread.call<Answer>(verb, given);
    } catch (cause) {
      // What failed here is told as it was; a reading that failed there stopped at its row.
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
    // A copy of its own: the thread takes it over.
    return next?.done === false ? Uint8Array.from(next.value) : undefined;
  }

  async #close(id: number): Promise<void> {
    const text = this.#texts.get(id);
    this.#texts.delete(id);
    await text?.return?.();
  }

  async #ours<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      this.#fault ??= cause;
      throw cause;
    }
  }
}
