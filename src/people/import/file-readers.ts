import type { FileSource } from './file-reader.ts';
import type { FileRow } from './file-row.ts';
import type { Header } from './import-header.ts';
import { readerPool } from './reader-pool.ts';

/** Reads files of one kind, each in a thread of its own. */
export class FileReaders<Order, Row extends FileRow> {
  readonly #script: URL;

  constructor(script: URL) {
    this.#script = script;
  }

  /** What a file says of itself; rejects with the reason when it is aborted. */
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

  /** Rows in their order; the next ones are read while those before are looked at. Aborted: no more rows come. */
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
