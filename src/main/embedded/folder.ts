import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, lstat, readFile, rename, rm, stat, writeFile, mkdir, chmod, chown } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CannotStart, parsedJson } from '../../base/index.ts';
import { ownName, plainEnvironment, type OperatingIdentity } from './leashed.ts';

const Holder = z.object({ pid: z.int().positive(), startedAt: z.string() });
type Holder = z.output<typeof Holder>;

// The boot and the tick at which the process started: a pid alone is used again by later processes.
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return `${boot}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  // On other systems than Linux only the pid is known.
  if (process.platform !== 'linux') return answersSignal(holder.pid);
  return (await startOf(holder.pid)) === holder.startedAt;
}

async function holderOf(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // A file torn by a full disk or a power cut belongs to no running process.
  return Holder.safeParse(parsedJson(text)).data;
}

async function linkUnlessExists(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

// Two starts may find the same stale lock, and the second must not remove the lock that the first has put in its place.
async function discardStale(file: string): Promise<void> {
  const stale = `${file}.${randomUUID()}`;
  await rename(file, stale).catch(() => undefined);
  const moved = await holderOf(stale);
  if (moved !== undefined && (await isAlive(moved))) await linkUnlessExists(stale, file);
  await rm(stale, { force: true });
}

/**
 * Our lock counts after this time: another start that found the stale lock may move ours aside for a moment and put
 * it back.
 */
const SETTLES_MS = 50;

async function isInPlace(draft: string, file: string): Promise<boolean> {
  const [mine, there] = await Promise.all([stat(draft), stat(file).catch(() => undefined)]);
  return mine.ino === there?.ino;
}

/** Links the draft as the lock; returns true when it is still the lock after other starts had time to move it. */
async function takeLock(draft: string, file: string): Promise<boolean> {
  if (!(await linkUnlessExists(draft, file))) return false;
  await pause(SETTLES_MS);
  return isInPlace(draft, file);
}

function inUse(folder: string, holder: Holder): CannotStart {
  return new CannotStart(
    `${folder} is in use by the running process ${holder.pid}: stop that one, or set BONHEURE_DATA to another folder.`,
  );
}

/**
 * Takes the lock of a data folder, also from a process that has ended; throws CannotStart when a running process has
 * it.
 */
export async function lockFolder(folder: string) {
  const file = path.join(folder, 'lock');
  const draft = `${file}.${randomUUID()}`;
  const mine: Holder = { pid: process.pid, startedAt: (await startOf(process.pid)) ?? '' };
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600, flush: true });
  try {
    while (!(await takeLock(draft, file))) {
      const holder = await holderOf(file);
      if (holder !== undefined && (await isAlive(holder))) throw inUse(folder, holder);
      await discardStale(file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => rm(file, { force: true }) };
}

/** Makes the error that says that the disk of a folder is full. */
export const diskFull = (folder: string, cause?: unknown): CannotStart =>
  new CannotStart(`The disk that holds ${folder} is full: free some space and start again.`, { cause });

/** Says whether only we can write in a folder, so that programs may be run from it. */
export async function isOurFolder(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  return found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Explains in one sentence why a folder cannot be used, with the remedy. */
export function folderTrouble(folder: string, cause: unknown): CannotStart {
  if (cause instanceof CannotStart) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/ENOSPC|EDQUOT|No space left|disk is full/.test(text)) return diskFull(folder, cause);
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only/.test(text) || isNoFolderMade(text)) {
    const sentence = `The user ${ownName()} may not write in ${folder}: give the permission, or set BONHEURE_DATA.`;
    return new CannotStart(sentence, { cause });
  }
  if (/ENOTDIR|EEXIST/.test(text)) {
    const sentence = `${folder} is not a folder: remove what stands there, or set BONHEURE_DATA.`;
    return new CannotStart(sentence, { cause });
  }
  const line = text.trim().split('\n').at(-1) ?? '';
  return new CannotStart(`The folder ${folder} cannot be made ready: ${line}.`, { cause });
}

const isNoFolderMade = (text: string): boolean => text.includes('ENOENT: ') && text.includes('mkdir');

/** Makes a folder and its parents; unlike a recursive mkdir it also ends where nothing can be made, as in /proc. */
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

const run = promisify(execFile);

// The database roles that our own user may take without a password.
const ROLES = ['postgres', 'bonheure', 'bonheure_app'] as const;

export type DatabaseRole = (typeof ROLES)[number];

async function reaches(folder: string, as: OperatingIdentity): Promise<boolean> {
  return run('test', ['-x', folder], { ...as, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

// Root may have its data below a folder that the user postgres may not enter. The server's working directory is set
// before it changes its user, and this link leads to that directory without entering the folders above.
async function pathForServer(folder: string, as: OperatingIdentity | undefined): Promise<string> {
  if (as === undefined || (await reaches(folder, as))) return folder;
  return '/proc/self/cwd';
}

async function make(folder: string, as: OperatingIdentity | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (as !== undefined) await chown(folder, as.uid, as.gid);
}

interface ClusterPlan {
  readonly folder: string;
  readonly programs: string;
  readonly as: OperatingIdentity | undefined;
  readonly durable: boolean;
}

// The cluster is made beside its place and then renamed, so that a start that is killed leaves none that looks
// finished.
async function initialise(plan: ClusterPlan): Promise<void> {
  const draft = `${plan.folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await make(draft, plan.as);
  const seen = await pathForServer(draft, plan.as);
  const flags =
    '-U postgres -A peer -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions';
  const sync = plan.durable ? [] : ['--no-sync'];
  await run(path.join(plan.programs, 'initdb'), ['-D', seen, ...flags.split(' '), ...sync], {
    ...plan.as,
    cwd: draft,
    env: plainEnvironment(),
  });
  await rename(draft, plan.folder);
}

async function writeAccess(folder: string): Promise<void> {
  const user = ownName();
  const map = ROLES.map((role) => `bonheure "${user}" ${role}\n`).join('');
  await writeFile(path.join(folder, 'pg_hba.conf'), 'local all all peer map=bonheure\n');
  await writeFile(path.join(folder, 'pg_ident.conf'), map);
}

/**
 * Makes the cluster when there is none, and restricts access to us; returns its folder, and the path by which the
 * server reaches it.
 */
export async function readyFolder(plan: ClusterPlan) {
  try {
    await mkdir(path.dirname(plan.folder), { recursive: true });
    if (!existsSync(path.join(plan.folder, 'PG_VERSION'))) await initialise(plan);
    // As root we take over a folder that another user has made.
    if (plan.as !== undefined) await run('chown', ['-R', `${plan.as.uid}:${plan.as.gid}`, plan.folder]);
    await writeAccess(plan.folder);
  } catch (cause) {
    throw folderTrouble(plan.folder, cause);
  }
  return { folder: plan.folder, seenByServer: await pathForServer(plan.folder, plan.as) };
}
