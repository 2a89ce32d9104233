import type { Database, TenantKeys } from '../../platform/index.ts';
import { readSlice } from './import.repository.ts';

/** The size of every slice but the last. */
export const SLICE = 1024 * 1024;

/** The place of one sealed slice. */
export const slicePlace = (
  importId: string,
  position: number,
): { table: string; column: string; row: string } => ({
  table: 'import_slice',
  column: 'sealed',
  row: `${importId}/${position}`,
});

/** Cuts a text into slices of 1 MiB; holds one of them. */
export async function* slices(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const piece of text) {
    let rest = piece;
    while (length + rest.length >= SLICE) {
      const cut = SLICE - length;
      yield Buffer.concat([...held, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      [held, length] = [[], 0];
    }
    if (rest.length > 0) held.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(held);
}

/** A file and its key. */
export interface SlicedFile {
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly importId: string;
}

/** Yields the text of a received file from one byte on; one slice is in memory at a time. */
export async function* textOf(
  { database, keys, importId }: SlicedFile,
  offset: number,
): AsyncGenerator<Buffer> {
  let position = Math.floor(offset / SLICE);
  let skip = offset % SLICE;
  for (;;) {
    const at = position;
    const sealed = await database.withTenant(keys.tenantId, (tx) => readSlice(tx, importId, at));
    if (sealed === undefined) return;
    const text = keys.open(slicePlace(importId, position), sealed);
    if (text.length > skip) yield text.subarray(skip);
    [position, skip] = [position + 1, 0];
  }
}
