import type { TextFrom } from '../../platform/csv/csv-reader.ts';
import type { PlaceTaker } from './file-places.ts';
import { FileThread } from './file-thread.ts';
import type { ReadRow } from './import-row.ts';
import { OtherEndFailed, type Verbs } from '../../platform/threads/thread-calls.ts';

/** The file to read and its tenant. */
export interface FileSource extends PlaceTaker {
  readonly textFrom: TextFrom;
  /** Returns the lines of rows that only the database rejects. */
  readonly refused?: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
}

/** One thread and the file it reads now. */
export class FileReader {
  /** The thread's script, which determines the files it reads. */
  readonly script: URL;
  readonly #texts = new Map<number, AsyncIterator<Buffer>>();
  readonly #thread: FileThread;
  #file: FileSource | undefined;
  #idle: NodeJS.Timeout | undefined;
  #opened = 0;
  /** The error that kept the thread from what it asked for. */
  #fault: unknown;

  constructor(script: URL) {
    this.script = script;
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

  take(file: FileSource): void {
    clearTimeout(this.#idle);
    [this.#file, this.#fault] = [file, undefined];
  }

  rest(forMs: number): void {
    this.#file = undefined;
    this.#thread.rest();
    this.#idle = setTimeout(() => void this.end(), forMs).unref();
  }

  /** Returns a page of rows; undefined behind the last one. A failure after the caller stopped waiting is not lost. */
  page<Row>(): Promise<readonly Row[] | undefined> {
    const page = this.call<readonly Row[] | undefined>('page');
    page.catch(() => undefined);
    return page;
  }

  async call<Answer>(verb: string, given?: unknown): Promise<Answer> {
    try {
      return await this.#thread.call<Answer>(verb, given);
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
