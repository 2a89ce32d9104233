import { FileReader, type FileSource } from './file-reader.ts';
import type { FileRow } from './file-row.ts';
import type { Header } from './import-header.ts';
import { FilePlaces, type PlaceBounds } from './file-places.ts';

/** Longer than a person takes between two files. */
const IDLE_MS = 60_000;

/** A reader that is lent for one file. */
interface Lease {
  readonly reader: FileReader;
  /** Called when the file was read well: the reader may read another. */
  readonly keep: () => void;
  readonly release: () => Promise<void>;
}

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

  /** Yields rows in order; the next ones are read meanwhile. When aborted, no more rows come. */
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

/** The threads of one process that read files of any kind: a bounded number, the idle one included. */
class ReaderPool {
  readonly #places: FilePlaces;
  #idle: FileReader | undefined;

  constructor(bounds: PlaceBounds) {
    this.#places = new FilePlaces(bounds);
  }

  /** Lends a reader for a file once there is a place; when the file is aborted the reader ends. */
  async lend(script: URL, file: FileSource): Promise<Lease> {
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

  /** Ends the idle thread. */
  async forget(): Promise<void> {
    const idle = this.#idle;
    this.#idle = undefined;
    await idle?.end();
  }

  /** An idle thread of another kind is ended to free its memory. */
  async #readerOf(script: URL): Promise<FileReader> {
    const idle = this.#idle;
    this.#idle = undefined;
    if (idle?.script.href === script.href && !idle.isEnded) return idle;
    await idle?.end();
    return new FileReader(script);
  }

  async #takeBack(reader: FileReader, readWell: boolean): Promise<void> {
    if (!readWell || reader.isEnded) return reader.end();
    const before = this.#idle;
    this.#idle = reader;
    reader.rest(IDLE_MS);
    await before?.end();
  }
}

/** A thread has some 30 MB, and up to 200 while it reads. A worker has no more concurrent imports than there are places. */
export const readerPool = new ReaderPool({ most: 4, ofTenant: 3, mostWaiting: 64, waitingOfTenant: 16 });
