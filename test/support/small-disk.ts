import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterFile } from './after-file.ts';
import { mayMount as mayMountHere, tmpfs } from './tmpfs.ts';

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
  if (mayMountHere()) return true;
  process.stdout.write(
    '\n*** NO FULL DISK IS TESTED HERE: mounting needs root. Folders without permission stand for full ones. ***\n',
  );
  return false;
})();

function aTmpfs(size: string): SmallDisk & { readonly unmounted: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'bonheure-disk-'));
  const { fill, free, unmount } = tmpfs(folder, size);
  const unmounted = (): void => {
    unmount();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, fill, free, unmounted };
}

/** A disk of so much; without the right to mount, a folder of which the right to write is taken away. */
export function aSmallDisk(size: string): SmallDisk {
  if (mayMount) {
    const { unmounted, ...disk } = aTmpfs(size);
    afterFile(unmounted);
    return disk;
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
  const folder = path.join(carrier.folder, 'mounted');
  const image = path.join(carrier.folder, 'image');
  mkdirSync(folder);
  run('truncate', '-s', '64M', image);
  run('mkfs.ext4', '-q', '-O', '^has_journal', image);
  run('mount', '-o', 'loop', image, folder);
  return {
    disk: { folder, fill: carrier.fill, free: carrier.free },
    unmade: () => {
      run('umount', '-l', folder);
      carrier.unmounted();
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
