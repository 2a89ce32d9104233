import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '../../src/base/cannot-start.ts';
import { PLACES, PREFIX, quickFolder } from './quick-folder.ts';
import { unmountWithin } from './tmpfs.ts';

const KEPT = 'kept';
// A cluster is some 100 MB: enough to look at the last failures, not enough to fill a disk.
const KEPT_FOLDERS = 2;

/** A migrated cluster, and the clones of a few files; the whole run takes some 3 GB. */
const DATABASES_MB = 400;
/** Logs, journals and uploads of tests. */
const OTHERS_MB = 50;

/** Says in one sentence what a run needs of a folder that has not got it. */
export async function hasRoom(folder: string, megabytes: number): Promise<void> {
  await access(folder, constants.W_OK).catch(() => {
    throw new CannotStart(
      `Nothing can be written in ${folder}, where tests keep their files: name another folder in TMPDIR.`,
    );
  });
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free < megabytes)
    throw new CannotStart(
      `${folder} has ${free} MB left, and tests need ${megabytes} there: free some space, or name another folder in TMPDIR.`,
    );
}

/** The folder of this run, short enough for a socket. */
export async function runFolder(): Promise<string> {
  await hasRoom(quickFolder(), DATABASES_MB);
  await hasRoom(tmpdir(), OTHERS_MB);
  const folder = path.join(quickFolder(), `${PREFIX}${process.pid}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Moves the folder of a run out of memory, and marks it so that later runs leave it alone; tells where it is. */
export async function keep(folder: string, names: readonly string[]): Promise<string> {
  const kept = path.join(tmpdir(), path.basename(folder));
  if (kept !== folder) {
    await promisify(execFile)('cp', ['-aT', folder, kept]);
    await unmountWithin(folder);
    await rm(folder, { recursive: true, force: true });
  }
  await writeFile(path.join(kept, KEPT), names.join('\n'));
  return kept;
}

const hasCode = (cause: unknown, code: string): boolean => (cause as NodeJS.ErrnoException).code === code;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // One of another user does, and may not be asked.
    return !hasCode(cause, 'ESRCH');
  }
}

/** What another user's runs left is theirs to remove. */
const isOurs = async (folder: string): Promise<boolean> => {
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && found.uid === process.getuid?.();
};

async function ageOrder(folders: readonly string[]): Promise<string[]> {
  const dated = await Promise.all(
    folders.map(async (folder) => {
      const found = await stat(folder).catch(() => undefined);
      return found === undefined ? [] : [{ folder, at: found.mtimeMs }];
    }),
  );
  return dated
    .flat()
    .toSorted((one, other) => other.at - one.at)
    .map(({ folder }) => folder);
}

/** Removes a folder, but for one that another run removes. A server that still writes there leaves it to a later run. */
async function removed(folder: string): Promise<void> {
  // Under the name of a run that lives it is nobody else's to remove, and whoever comes second finds nothing.
  const ours = path.join(
    path.dirname(folder),
    `${PREFIX}${process.pid}-removes-${path.basename(folder).slice(PREFIX.length)}`,
  );
  try {
    await rename(folder, ours);
    await unmountWithin(ours);
    await rm(ours, { recursive: true, force: true, maxRetries: 3 });
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT') && !hasCode(cause, 'ENOTEMPTY')) throw cause;
  }
}

/** Removes what killed runs left, and all but the newest kept databases. */
export async function clearLeftovers(places = PLACES): Promise<void> {
  const dead: string[] = [];
  for (const place of places) {
    const names = await readdir(place).catch(() => []);
    for (const name of names) {
      const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
      const folder = path.join(place, name);
      if (Number.isInteger(pid) && !lives(pid) && (await isOurs(folder))) dead.push(folder);
    }
  }
  const kept = await ageOrder(dead.filter((folder) => existsSync(path.join(folder, KEPT))));
  const spared = new Set(kept.slice(0, KEPT_FOLDERS));
  await Promise.all(dead.filter((folder) => !spared.has(folder)).map(removed));
}
