import { importReport, type ImportReport } from '../../../src/people/import/import-report.ts';
import { receiveImport, type Upload } from '../../../src/people/import/import-reception.ts';
import { ReaderStopped } from '../../../src/reading/file-serving.ts';
import { parkedWhenStopped, openImport } from '../../../src/people/import/import-step.ts';
import { readImport } from '../../../src/people/import/import-reading.ts';
import type { Plan, PlanReason } from '../../../src/platform/plan.ts';
import type { Database } from '../../../src/platform/database/connection.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import type { Shop } from './shop.ts';

/** The database and the shop into which a test imports. */
export interface WorkflowState {
  readonly database: Database;
  readonly shop: Shop;
}

/** Yields a file in one piece, as an upload. */
export async function* bytesOf(file: Buffer | string): AsyncGenerator<Buffer> {
  yield Buffer.from(file);
}

/** Yields the rows of a small file, as an upload. */
export const rowsOf = (...lines: string[]): AsyncGenerator<Buffer> => bytesOf(`${lines.join('\n')}\n`);

/** Collects all that a generator yields. */
export async function gathered<T>(some: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of some) all.push(one);
  return all;
}

/** Uploads a file; returns the id of its import. */
export async function received(
  { database, shop }: WorkflowState,
  bytes: AsyncIterable<Buffer>,
  more: Partial<Upload> = {},
): Promise<string> {
  const deps = { database, ...shop.deps, newId: () => uuidV7(Date.now()) };
  const upload = { kind: 'contacts', options: {}, source: 'default', actor: 'key:test', ...more } as const;
  return (await receiveImport(deps, { ...upload, bytes })).id;
}

/** Reads the header of a received file, and no row. */
export async function headed({ database, shop }: WorkflowState, importId: string): Promise<void> {
  await openImport({ database, clock: shop.clock }, shop.deps.keys, { tenantId: shop.id, importId });
}

/** Reads a received file to its end, or until the signal. */
export async function readOn(
  { database, shop }: WorkflowState,
  importId: string,
  signal?: AbortSignal,
): Promise<void> {
  const deps = { database, clock: shop.clock, keysOf: async () => shop.deps.keys, signal };
  const plan = await readImport(deps, { tenantId: shop.id, importId });
  if (plan.kind === 'send' && signal?.aborted !== true) await readOn({ database, shop }, importId, signal);
}

/** Stops the reader at each of these lines in turn; returns the reason code of the last plan. */
export async function stops(
  { database, shop }: WorkflowState,
  importId: string,
  ...lines: readonly number[]
): Promise<string> {
  let plan: Plan<PlanReason> | undefined;
  for (const line of lines)
    plan = await parkedWhenStopped({ database, clock: shop.clock }, { tenantId: shop.id, importId }, () =>
      Promise.reject(new ReaderStopped(line)),
    );
  return plan?.because.code ?? '';
}

/** Returns the report of an import. */
export async function reportOf({ shop }: WorkflowState, importId: string): Promise<ImportReport> {
  const report = await shop.within((tx) => importReport(tx, importId));
  if (report === undefined) throw new Error('no such import');
  return report;
}

/** Uploads a file and reads it to its end; returns its report. */
export async function anImport(
  desk: WorkflowState,
  bytes: AsyncIterable<Buffer>,
  more: Partial<Upload> = {},
): Promise<ImportReport> {
  const id = await received(desk, bytes, more);
  await readOn(desk, id);
  return reportOf(desk, id);
}
