import { sql } from 'kysely';
import { col, computedRows, type RowOf } from './row-type.ts';
import type { Transaction } from './connection.ts';

/** The figures that a process reports every few seconds. */
export interface ProcessFigures {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** The 99th percentile of the event loop's delay, in seconds. */
  readonly loopDelaySeconds: number;
  readonly connections: { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** True when this process would mark a message now; absent for a process that marks none. */
  readonly gateOpen?: boolean;
  /** True when its opt-out journal cannot be written; absent while it can, and where none is kept. */
  readonly journalFails?: boolean;
}

const figuredProcessRows = computedRows({
  kind: col.of('process_figures', 'kind').as<'api' | 'public' | 'worker'>(),
  figures: col.of('process_figures', 'figures').as<ProcessFigures>(),
});

/** One process and its latest figures. */
export type FiguredProcess = RowOf<typeof figuredProcessRows>;

/** A process silent for so long is gone. */
const SILENT_AFTER = '20 seconds';

/** Stores a process's figures, and removes those of silent processes. */
export async function noteFigures(
  tx: Transaction,
  { id, kind, figures, at }: FiguredProcess & { readonly id: string; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO process_figures (process_id, kind, figures, at) VALUES (${id}, ${kind}, ${JSON.stringify(figures)}::jsonb, ${at})
    ON CONFLICT (process_id) DO UPDATE SET figures = excluded.figures, at = excluded.at`);
  await tx.run(
    sql`DELETE FROM process_figures WHERE at < ${at}::timestamptz - ${SILENT_AFTER}::interval - interval '1 minute'`,
  );
}

/** Reads the figures of every process that still reports. */
export const readFigures = (tx: Transaction, at: string): Promise<FiguredProcess[]> =>
  tx.rows(figuredProcessRows.sql`
    SELECT kind, figures FROM process_figures WHERE at >= ${at}::timestamptz - ${SILENT_AFTER}::interval`);
