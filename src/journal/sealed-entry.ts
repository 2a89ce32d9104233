import { CiphertextRefused, unseal, versionOf, type Place } from '../database/cipher.ts';
import { JournalEntry } from './entry.ts';
import type { JournalKeys } from './journal-key.ts';
import type { Position } from './position.ts';

/** Binds an entry to its place: moved, doubled or put into another journal, it no longer opens. */
export const placeOfEntry = (processId: string, at: Position): Place => ({
  tenant: 'instance',
  table: 'journal',
  column: processId,
  row: `${at.file}@${at.byte}`,
});

/** The entry of a frame; undefined when it does not open, or says nothing we know. */
export function openEntry(
  keys: JournalKeys,
  from: { readonly processId: string; readonly at: Position },
  body: Buffer,
): JournalEntry | undefined {
  try {
    const key = keys.of(versionOf(body));
    if (key === undefined) return undefined;
    const text = unseal(key, placeOfEntry(from.processId, from.at), body).toString('utf8');
    return JournalEntry.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof CiphertextRefused || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
