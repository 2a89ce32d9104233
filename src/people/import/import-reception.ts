import { type Clock, type Database, type TenantKeys, isSimulated } from '../../platform/index.ts';
import { cutColumns } from './cut-columns.ts';
import { slicePlace, slices } from './import-slice.ts';
import type { ReadColumns } from './read-columns.ts';
import { plainText } from './import-text.ts';
import { counted, unpacked, UPLOAD_LIMITS, type UploadLimits } from './import-upload.ts';
import {
  forgetUpload,
  insertImport,
  insertSlice,
  queueImport,
  silentUploads,
  type ImportKind,
  type ImportOptions,
} from './import.repository.ts';

/** An upload without a slice for so long has lost its receiver. */
const SILENT_MS = 15 * 60_000;

export interface ReceptionDeps {
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits?: UploadLimits;
}

/** A file being uploaded. */
export interface Upload {
  /** The file itself, gzip or not; out of its multipart. */
  readonly bytes: AsyncIterable<Buffer>;
  readonly kind: ImportKind;
  readonly options: ImportOptions;
  /** The `source` of the caller's key. */
  readonly source: string;
  readonly actor: string;
  /** Given where only columns in use may be kept: every other column is cut before anything is stored. */
  readonly readColumns?: ReadColumns | undefined;
}

/**
 * Keeps a file in encrypted slices and queues it for reading; an interrupted upload leaves nothing. Each slice is a
 * transaction of its own: a slow sender holds no connection and no row.
 */
export async function receiveImport(deps: ReceptionDeps, upload: Upload): Promise<{ readonly id: string }> {
  const { database, keys, clock, newId } = deps;
  await sweepSilentUploads(deps);
  const id = newId();
  await database.withTenant(keys.tenantId, (tx) =>
    insertImport(tx, {
      id,
      kind: upload.kind,
      source: upload.source,
      options: upload.options,
      actor: upload.actor,
      simulated: isSimulated(clock),
      createdAt: clock.now().toISO(),
      machineMs: clock.machine(),
    }),
  );
  try {
    await keepSlices(deps, id, upload);
    await database.withTenant(keys.tenantId, (tx) => queueImport(tx, id, clock.machine()));
  } catch (error) {
    await database.withTenant(keys.tenantId, (tx) => forgetUpload(tx, id));
    throw error;
  }
  return { id };
}

async function keepSlices(
  { database, keys, clock, limits = UPLOAD_LIMITS }: ReceptionDeps,
  importId: string,
  { bytes, readColumns }: Pick<Upload, 'bytes' | 'readColumns'>,
) {
  let position = 0;
  const text = counted(plainText(unpacked(bytes, limits)), limits);
  for await (const slice of slices(readColumns === undefined ? text : cutColumns(text, readColumns))) {
    const sealed = keys.seal(slicePlace(importId, position), slice);
    const row = { importId, position, sealed, bytes: slice.length, machineMs: clock.machine() };
    await database.withTenant(keys.tenantId, (tx) => insertSlice(tx, row));
    position += 1;
  }
}

/** Removes the uploads of receivers that died. */
export async function sweepSilentUploads({
  database,
  keys,
  clock,
}: Pick<ReceptionDeps, 'database' | 'keys' | 'clock'>): Promise<number> {
  return database.withTenant(keys.tenantId, async (tx) => {
    const silent = await silentUploads(tx, clock.machine() - SILENT_MS);
    for (const id of silent) await forgetUpload(tx, id);
    return silent.length;
  });
}
