import { accessSync, constants, readlinkSync, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';

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

/** The namespace of process ids of all that runs outside containers. */
const OF_THE_MACHINE = 'pid:[4026531836]';

/** Names the container of a run, which may share the memory of its machine but not its process ids; empty outside. */
function namespace(): string {
  try {
    const found = readlinkSync('/proc/self/ns/pid');
    return found === OF_THE_MACHINE ? '' : `in-${found.replaceAll(/\D/g, '')}-`;
  } catch {
    return '';
  }
}

/** What folders of tests are called, before the process that made them: later runs remove those of dead ones. */
export const PREFIX = `bonheure-test-${namespace()}`;

/** A new folder there for one test file, which removes it. */
export const aQuickFolder = (what: string): Promise<string> =>
  mkdtemp(path.join(quickFolder(), `${PREFIX}${process.pid}-${what}-`));
