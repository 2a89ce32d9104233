import { parentPort, workerData } from 'node:worker_threads';
import type { TextFrom } from '../../platform/csv/csv-reader.ts';
import { ThreadCalls, type Verbs } from '../../platform/threads/thread-calls.ts';
import type { FileRow } from './file-row.ts';
import type { Header } from './import-header.ts';
import type { ReadRow } from './import-row.ts';

/** The thread's access to the file it reads. */
export interface FileInThread {
  readonly textFrom: TextFrom;
  /** Called before each row: whoever watches the thread knows its progress by the line. */
  readonly reads: (line: number) => void;
  /** Returns the lines of rows that only the database rejects. */
  readonly refused: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
}

/** The reading of one kind of file. */
export interface FileWork<Order, Row extends FileRow> {
  readonly header: (order: Order, file: FileInThread) => Promise<Header>;
  readonly rows: (order: Order, file: FileInThread) => AsyncGenerator<readonly Row[]>;
}

/** The thread's count of steps and its current line: shared with its watcher. */
export const SHARED = { steps: 0, line: 1, length: 2 } as const;

/** Reads files for the thread that started this one, one at a time. */
export function serveFiles<Order, Row extends FileRow>(work: FileWork<Order, Row>): void {
  if (parentPort === null) return;
  // The starter of this thread passes the array that it watches.
  const shared = workerData as Int32Array;
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
