import { CiphertextRefused, unseal, versionOf, type Place } from '../crypto/cipher.ts';
import { JournalEntry } from './entry.ts';
import type { JournalKeys } from './journal-key.ts';
import type { Position } from './position.ts';

/** Binds an entry to its position: moved, duplicated or put into another journal, it no longer opens. */
export const placeOfEntry = (processId: string, at: Position): Place => ({
  tenant: 'instance',
  table: 'journal',
  column: processId,
  row: `${at.file}@${at.byte}`,
});

/** The content of a frame: an entry, something unknown to this version, or nothing that opens. */
export interface OpenedEntry {
  readonly entry?: JournalEntry | undefined;
  readonly foreign?: unknown;
}

/** Opens a frame. */
export function openEntry(
  keys: JournalKeys,
  from: { readonly processId: string; readonly at: Position },
  body: Buffer,
): OpenedEntry {
  try {
    const key = keys.of(versionOf(body));
    if (key === undefined) return {};
    const text = unseal(key, placeOfEntry(from.processId, from.at), body).toString('utf8');
    const read: unknown = JSON.parse(text);
    const known = JournalEntry.safeParse(read);
    return known.success ? { entry: known.data } : { foreign: read };
  } catch (error) {
    if (error instanceof CiphertextRefused || error instanceof SyntaxError) return {};
    throw error;
  }
}
