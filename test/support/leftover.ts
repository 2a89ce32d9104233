import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PREFIX = 'bonheure-test-';
const KEPT = 'kept';
// A cluster is some 100 MB: enough to look at the last failures, not enough to fill a disk.
const KEPT_FOLDERS = 2;

/** The folder of this run, short enough for a socket. */
export function runFolder(): string {
  return path.join(tmpdir(), `${PREFIX}${process.pid}`);
}

/** Marks the folder of a run so that later runs leave it alone. */
export async function keep(folder: string, names: readonly string[]): Promise<void> {
  await writeFile(path.join(folder, KEPT), names.join('\n'));
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
  await mkdir(runFolder(), { recursive: true });
  const names = (await readdir(tmpdir())).filter((name) => /^bonheure-test-\d+$/.test(name));
  const dead: string[] = [];
  for (const name of names) {
    if (!(await lives(Number(name.slice(PREFIX.length))))) dead.push(path.join(tmpdir(), name));
  }
  const kept = await ageOrder(dead.filter((folder) => existsSync(path.join(folder, KEPT))));
  const spared = new Set(kept.slice(0, KEPT_FOLDERS));
  const doomed = dead.filter((folder) => !spared.has(folder));
  await Promise.all(doomed.map((folder) => rm(folder, { recursive: true, force: true })));
}
