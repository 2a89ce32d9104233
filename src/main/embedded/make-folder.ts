import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Makes a folder and its parents; unlike a recursive mkdir it ends where nothing can be made, as in /proc. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    // An existing entry is checked by the code that uses the folder.
    if (code === 'EEXIST') return;
    const above = path.dirname(folder);
    if (code !== 'ENOENT' || above === folder) throw cause;
    await makeFolder(above);
    await mkdir(folder, { mode: 0o700 });
  }
}
