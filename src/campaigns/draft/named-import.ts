import { type Transaction, Refusal } from '../../platform/index.ts';
import type { Audience } from '../audience/audience.ts';
import { namedImport } from '../campaign.repository.ts';
import { NOT_FOUND, refusedField } from './refused-field.ts';
import { bilingual, type BareFault } from '../../words/index.ts';

/** Refuses an unknown import, or one without people: nobody would be selected, or left out. */
export async function refuseOtherFile(tx: Transaction, id: string, pointer: string): Promise<void> {
  const file = await namedImport(tx, id);
  if (file === undefined) throw refusedField(pointer, NOT_FOUND, 'IMPORT_NOT_FOUND');
  if (file.kind === 'contacts') return;
  const message = bilingual.campaign.importOfAnotherKind({ kind: file.kind });
  throw refusedField(pointer, message, 'AUDIENCE_NOT_SUPPORTED');
}

/** Refuses an audience until each of its files is read to its end. */
export async function refuseUnread(tx: Transaction, audience: Audience): Promise<void> {
  for (const named of [audience, ...(audience.exclude ?? [])]) {
    if (!('importId' in named)) continue;
    const file = await namedImport(tx, named.importId);
    if (file === undefined) throw new Refusal('IMPORT_NOT_FOUND');
    if (file.state === 'finished') continue;
    const detail = NEVER_FINISHED[file.state];
    throw new Refusal('IMPORT_NOT_FINISHED', detail === undefined ? {} : { detail });
  }
}

const NEVER_FINISHED: Readonly<Record<string, BareFault>> = {
  failed: 'It could not be read, and names nobody: send it again.',
  parked:
    'One of its rows stops its reading: correct that row, send the file again, then cancel this import.',
  cancelled: 'It was cancelled before its last row was read: send it again.',
};
