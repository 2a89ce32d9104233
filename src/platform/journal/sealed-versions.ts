import { versionOf } from '../crypto/cipher.ts';
import { framesIn } from './frame.ts';
import { fileBytes, filesOf, processFolders, type ProcessFolder } from './process-folder.ts';

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
