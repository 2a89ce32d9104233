import type { JournalEntry } from './entry.ts';
import { framesIn } from './frame.ts';
import type { JournalKeys } from './journal-key.ts';
import { isBefore, type Position } from './position.ts';
import { bytesOf, filesOf, type ProcessFolder } from './process-folder.ts';
import { openEntry, type Opened } from './sealed-entry.ts';

/** What was read at a place: an entry, or damage where one was. */
export interface Read {
  readonly at: Position;
  /** Where the next one begins. */
  readonly next: Position;
  /** Undefined when it cannot be read. */
  readonly entry: JournalEntry | undefined;
  /** What stands there, where its bytes open and say nothing that this version knows. */
  readonly foreign?: unknown;
}

/** Everything a folder holds from a place on, file by file; a write that never ended is passed over. */
export async function* readFolder(
  keys: JournalKeys,
  folder: ProcessFolder,
  bounds: { readonly from: Position; readonly until?: Position | undefined },
): AsyncGenerator<Read> {
  for (const file of await filesOf(folder)) {
    if (file < bounds.from.file) continue;
    const bytes = await bytesOf(folder, file);
    const from = file === bounds.from.file ? bounds.from.byte : 0;
    for (const found of framesIn(bytes, from)) {
      const at = { file, byte: found.at };
      // The file may have grown since: what is not on the disk yet is nobody's to read.
      if (bounds.until !== undefined && !isBefore(at, bounds.until)) return;
      if (found.kind === 'torn') continue;
      const opened: Opened =
        found.kind === 'frame' ? openEntry(keys, { processId: folder.processId, at }, found.body) : {};
      yield { at, next: { file, byte: found.end }, entry: opened.entry, foreign: opened.foreign };
    }
  }
}
