import { accessSync, constants, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';

/** Files here are kept in memory; Linux has it. */
const MEMORY = '/dev/shm';
const PLENTY = 3 * 2 ** 30;

function isThere(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > PLENTY && freemem() > PLENTY;
  } catch {
    return false;
  }
}

/** Where a run before this one may have left databases. */
export const PLACES: readonly string[] = [...new Set([tmpdir(), MEMORY])];

/**
 * The folder for databases of tests: in memory where there is plenty and nobody named another by TMPDIR.
 *
 * A database has hundreds of files, and a disk takes ten times as long to make them.
 */
export function quickFolder(): string {
  return process.env['TMPDIR'] === undefined && isThere() ? MEMORY : tmpdir();
}
