import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import type { Audience } from './audience.ts';
import { namedImport } from './campaign.repository.ts';

/** Refuses an import that is not there, or of no people: nobody would be meant, or left out. */
export async function refuseOtherFile(tx: Transaction, id: string, pointer: string): Promise<void> {
  const file = await namedImport(tx, id);
  if (file === undefined)
    throw new Refusal('IMPORT_NOT_FOUND', { errors: [{ pointer, message: 'not found' }] });
  if (file.kind !== 'contacts')
    throw new Refusal('AUDIENCE_NOT_SUPPORTED', {
      errors: [{ pointer, message: `an import of contacts is needed; this one is of ${file.kind}` }],
    });
}

/** Refuses an audience before each file that it names is read to its end. */
export async function refuseUnread(tx: Transaction, audience: Audience): Promise<void> {
  for (const named of [audience, ...(audience.exclude ?? [])]) {
    if (!('importId' in named)) continue;
    const file = await namedImport(tx, named.importId);
    if (file === undefined) throw new Refusal('IMPORT_NOT_FOUND');
    if (file.state === 'finished') continue;
    throw new Refusal(
      'IMPORT_NOT_FINISHED',
      file.state === 'failed' ? { detail: 'It could not be read, and names nobody: send it again.' } : {},
    );
  }
}
