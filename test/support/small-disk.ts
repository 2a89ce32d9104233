import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterFile } from './after-file.ts';

/** A disk of its own that can be filled to its last byte, and emptied again. */
export interface SmallDisk {
  readonly folder: string;
  readonly fill: () => void;
  readonly free: () => void;
}

const run = (program: string, ...given: string[]): void => {
  execFileSync(program, given, { stdio: 'ignore' });
};

/** Whether this machine lets us mount; where it does not, the tests of disks say so. */
export const mayMount = ((): boolean => {
  const at = mkdtempSync(path.join(tmpdir(), 'bonheure-mount-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at);
    run('umount', at);
    return true;
  } catch {
    process.stdout.write(
      '\n*** NO FULL DISK IS TESTED HERE: mounting needs root. Folders without permission stand for full ones. ***\n',
    );
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
})();

const FILLER = 'filler';

function filled(folder: string): void {
  const piece = Buffer.alloc(4_096, 1);
  for (;;)
    try {
      writeFileSync(path.join(folder, FILLER), piece, { flag: 'a' });
    } catch {
      return;
    }
}

function aTmpfs(size: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bonheure-disk-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder);
  return folder;
}

function unmounted(folder: string): void {
  run('umount', '-l', folder);
  rmSync(folder, { recursive: true, force: true });
}

const emptied = (folder: string): void => rmSync(path.join(folder, FILLER), { force: true });

/** A disk of so much; without the right to mount, a folder of which the right to write is taken away. */
export function aSmallDisk(size: string): SmallDisk {
  if (mayMount) {
    const folder = aTmpfs(size);
    afterFile(() => unmounted(folder));
    return { folder, fill: () => filled(folder), free: () => emptied(folder) };
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'bonheure-disk-'));
  const permit = (mode: number): void => {
    run('find', folder, '-type', 'd', '-exec', 'chmod', mode.toString(8), '{}', '+');
  };
  afterFile(() => {
    permit(0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, fill: () => permit(0o500), free: () => permit(0o700) };
}

/** A disk that takes every write and keeps none: `fsync` fails, since what carries it is full. */
export function aDiskThatForgets(): { readonly disk: SmallDisk; readonly unmade: () => void } {
  const carrier = aTmpfs('8m');
  const folder = path.join(carrier, 'mounted');
  const image = path.join(carrier, 'image');
  mkdirSync(folder);
  run('truncate', '-s', '64M', image);
  run('mkfs.ext4', '-q', '-O', '^has_journal', image);
  run('mount', '-o', 'loop', image, folder);
  return {
    disk: { folder, fill: () => filled(carrier), free: () => emptied(carrier) },
    unmade: () => {
      run('umount', '-l', folder);
      unmounted(carrier);
    },
  };
}

/** Whether a disk on a full one can be made here. */
export const mayLoop = mayMount && existsSync('/dev/loop-control') && existsSync('/usr/sbin/mkfs.ext4');

/** Lets the program of PostgreSQL write there. */
export function giveTo(folder: string, uid: number): void {
  chmodSync(folder, 0o700);
  chownSync(folder, uid, uid);
}
