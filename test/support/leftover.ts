import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PLACES, PREFIX, quickFolder } from './quick-folder.ts';

const KEPT = 'kept';
// A cluster is some 100 MB: enough to look at the last failures, not enough to fill a disk.
const KEPT_FOLDERS = 2;

/** The folder of this run, short enough for a socket. */
export async function runFolder(): Promise<string> {
  const folder = path.join(quickFolder(), `${PREFIX}${process.pid}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Moves the folder of a run out of memory, and marks it so that later runs leave it alone; tells where it is. */
export async function keep(folder: string, names: readonly string[]): Promise<string> {
  const kept = path.join(tmpdir(), path.basename(folder));
  if (kept !== folder) {
    await promisify(execFile)('cp', ['-aT', folder, kept]);
    await rm(folder, { recursive: true, force: true });
  }
  await writeFile(path.join(kept, KEPT), names.join('\n'));
  return kept;
}

async function lives(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ageOrder(folders: readonly string[]): Promise<string[]> {
  const dated = await Promise.all(
    folders.map(async (folder) => ({ folder, at: (await stat(folder)).mtimeMs })),
  );
  return dated.toSorted((one, other) => other.at - one.at).map(({ folder }) => folder);
}

/** Removes what killed runs left, and all but the newest kept databases. */
export async function clearLeftovers(): Promise<void> {
  const dead: string[] = [];
  for (const place of PLACES) {
    const names = await readdir(place).catch(() => []);
    for (const name of names) {
      const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
      if (Number.isInteger(pid) && !(await lives(pid))) dead.push(path.join(place, name));
    }
  }
  const kept = await ageOrder(dead.filter((folder) => existsSync(path.join(folder, KEPT))));
  const spared = new Set(kept.slice(0, KEPT_FOLDERS));
  const doomed = dead.filter((folder) => !spared.has(folder));
  await Promise.all(doomed.map((folder) => rm(folder, { recursive: true, force: true })));
}
