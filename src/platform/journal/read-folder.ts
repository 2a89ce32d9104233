import type { JournalEntry } from './entry.ts';
import { framesIn, openEntry, type JournalKeys, type OpenedEntry } from './sealed-entry.ts';
import { isBefore, type Position } from './position.ts';
import { fileBytes, filesOf, processFolders, type ProcessFolder } from './process-folder.ts';
import { versionOf } from '../crypto/cipher.ts';

/** The content at a position: an entry, or damage in its place. */
export interface PlaceRead {
  readonly at: Position;
  /** The position of the next one. */
  readonly next: Position;
  readonly entry: JournalEntry | undefined;
  /** The raw content, where its bytes open but mean nothing to this version. */
  readonly foreign?: unknown;
}

/** Yields everything in a folder from a position on, file by file; an unfinished write is skipped. */
export async function* readFolder(
  keys: JournalKeys,
  folder: ProcessFolder,
  bounds: { readonly from: Position; readonly until?: Position | undefined },
): AsyncGenerator<PlaceRead> {
  for (const file of await filesOf(folder)) {
    if (file < bounds.from.file) continue;
    const bytes = await fileBytes(folder, file);
    const from = file === bounds.from.file ? bounds.from.byte : 0;
    for (const found of framesIn(bytes, from)) {
      const at = { file, byte: found.at };
      // The file may have grown since: entries that are not on the disk yet are not read.
      if (bounds.until !== undefined && !isBefore(at, bounds.until)) return;
      if (found.kind === 'torn') continue;
      const opened: OpenedEntry =
        found.kind === 'frame' ? openEntry(keys, { processId: folder.processId, at }, found.body) : {};
      yield { at, next: { file, byte: found.end }, entry: opened.entry, foreign: opened.foreign };
    }
  }
}

/** Returns the key versions that seal entries of the journals in a folder. */
export async function sealedVersions(root: string): Promise<ReadonlySet<number>> {
  const versions = new Set<number>();
  for (const folder of await processFolders(root))
    for (const file of await filesOf(folder))
      for (const version of await versionsIn(folder, file)) versions.add(version);
  return versions;
}

async function versionsIn(folder: ProcessFolder, file: string): Promise<readonly number[]> {
  const found = [...framesIn(await fileBytes(folder, file), 0)];
  return found.flatMap((one) => (one.kind === 'frame' ? [versionOf(one.body)] : []));
}
