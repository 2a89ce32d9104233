import { existsSync } from 'node:fs';
import { access, constants, lstat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { CannotStart } from '../../platform/errors.ts';
import { makeFolder } from './make-folder.ts';

/** The user's own cache; a user without a home has none. */
function homeCache(): string | undefined {
  const named = process.env['XDG_CACHE_HOME'];
  if (named !== undefined && named !== '') return path.join(named, 'bonheure');
  try {
    return path.join(homedir(), '.cache', 'bonheure');
  } catch {
    return undefined;
  }
}

async function canBeWritten(folder: string): Promise<boolean> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Programs are run from there: nobody else may own it or write into it. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  return found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Returns the path for a name: in the home's cache, else beside temporary files. */
export async function placeInCache(name: string): Promise<string> {
  const home = homeCache();
  if (home !== undefined) {
    const place = path.join(home, name);
    if (existsSync(place) || (await canBeWritten(home))) return place;
  }
  const shared = path.join(tmpdir(), `bonheure-cache-${process.getuid?.() ?? 'user'}`);
  if ((await canBeWritten(shared)) && (await isOurs(shared))) return path.join(shared, name);
  const tried = home === undefined ? shared : `${home} or ${shared}`;
  throw new CannotStart(
    `Nothing can be kept in ${tried}: set XDG_CACHE_HOME to a folder of your own that can be written.`,
  );
}
