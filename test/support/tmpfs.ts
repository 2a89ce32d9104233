import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A file system of its own in memory that can be filled to its last byte, and emptied again. */
export interface Tmpfs {
  readonly fill: () => void;
  readonly free: () => void;
  /** The folder under it stays. */
  readonly unmount: () => void;
}

/** Mount points within a folder, the innermost first; the kernel writes spaces and the like in octal. */
async function mountsWithin(folder: string): Promise<readonly string[]> {
  const mounted = (await readFile('/proc/self/mounts', 'utf8').catch(() => ''))
    .split('\n')
    .flatMap((line) => {
      const at = line
        .split(' ')[1]
        ?.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
      return at?.startsWith(`${folder}${path.sep}`) === true ? [at] : [];
    });
  return mounted.toReversed();
}

/** Unmounts what a run mounted below its folder, even where a process still has a file open there. */
export async function unmountWithin(folder: string): Promise<void> {
  for (const at of await mountsWithin(folder)) await promisify(execFile)('umount', ['-l', at]);
}

const FILLER = 'filler';

const run = (program: string, ...given: string[]): void => {
  execFileSync(program, given, { stdio: 'ignore' });
};

/** Whether this machine lets us mount. */
export function mayMount(): boolean {
  const at = mkdtempSync(path.join(tmpdir(), 'bonheure-mount-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at);
    run('umount', at);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

function fillUp(folder: string): void {
  const piece = Buffer.alloc(4_096, 1);
  for (;;)
    try {
      writeFileSync(path.join(folder, FILLER), piece, { flag: 'a' });
    } catch {
      return;
    }
}

const emptied = (folder: string): void => rmSync(path.join(folder, FILLER), { force: true });

/** Mounts one of that size over a folder that exists; it may belong to somebody else. */
export function tmpfs(
  folder: string,
  size: string,
  owner?: { readonly uid: number; readonly gid: number },
): Tmpfs {
  run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder);
  if (owner !== undefined) {
    chmodSync(folder, 0o700);
    chownSync(folder, owner.uid, owner.gid);
  }
  return {
    fill: () => fillUp(folder),
    free: () => emptied(folder),
    unmount: () => run('umount', '-l', folder),
  };
}
