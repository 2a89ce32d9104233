import { randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../../base/index.ts';
import { instant, type Clock } from '../clock.ts';

/** A position in the files of one process, ordered by time of writing. */
export interface Position {
  readonly file: string;
  readonly byte: number;
}

export const BEGINNING: Position = { file: '', byte: 0 };

/** Says whether one position comes before another. */
export const isBefore = (one: Position, other: Position): boolean =>
  one.file < other.file || (one.file === other.file && one.byte < other.byte);

export const earlier = (one: Position, other: Position): Position => (isBefore(other, one) ? other : one);

export const later = (one: Position, other: Position): Position => (isBefore(one, other) ? other : one);

/** The journal folder of one process: `<process>`, or `<process>~<claim>` once taken over, or `<process>.done`. */
export interface ProcessFolder {
  readonly path: string;
  readonly processId: string;
  readonly isDone: boolean;
}

const NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:~[0-9a-f]{8})?(\.done)?$/;
const FILE = /^\d{4}-\d\d-\d\d\.\d{4}\.journal$/;
const ALIVE = 'alive.json';
const DRAINED = 'drained.json';

/** Lists the folders of all processes in the folder of journals; other names are ignored. */
export async function processFolders(root: string): Promise<readonly ProcessFolder[]> {
  const names = await readdir(root).catch(ifMissing<string[]>([]));
  return names.toSorted().flatMap((name) => {
    const [, processId, done] = NAME.exec(name) ?? [];
    if (processId === undefined) return [];
    return [{ path: path.join(root, name), processId, isDone: done !== undefined }];
  });
}

/** Returns the folder that a process has while nobody has taken it over. */
export const folderOf = (root: string, processId: string): ProcessFolder => ({
  path: path.join(root, processId),
  processId,
  isDone: false,
});

/** Lists the folders of other processes that nobody has taken over. */
export const neighboursOf = async (root: string, own: string): Promise<readonly ProcessFolder[]> =>
  (await processFolders(root)).filter(
    ({ path: folder, processId }) => processId !== own && path.basename(folder) === processId,
  );

/**
 * Makes the folder of a starting process. It gets its name after its first sign of life: otherwise others would take
 * it over.
 */
export async function makeProcessFolder(root: string, processId: string): Promise<ProcessFolder> {
  const folder = folderOf(root, processId);
  const unnamed = { ...folder, path: `${folder.path}.new` };
  await mkdir(root, { recursive: true, mode: 0o700 });
  await mkdir(unnamed.path, { mode: 0o700 });
  await signAlive(unnamed);
  await rename(unnamed.path, folder.path);
  await syncFolder(root);
  return folder;
}

/** Lists the files of entries, in order of writing. */
export async function filesOf(folder: ProcessFolder): Promise<readonly string[]> {
  const names = await readdir(folder.path).catch(ifMissing<string[]>([]));
  return names.filter((name) => FILE.test(name)).toSorted();
}

export const fileBytes = (folder: ProcessFolder, file: string): Promise<Buffer> =>
  readFile(path.join(folder.path, file));

/** Names the file that a process begins on a day in UTC; `number` counts the files of that day. */
export const fileName = (day: string, number: number): string =>
  `${day}.${String(number).padStart(4, '0')}.journal`;

export const dayOf = (file: string): string => file.slice(0, 10);

/** Makes the names of the files in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const Alive = z.object({ pid: z.int(), startedAt: z.string(), place: z.string() });

async function signAlive({ path: folder }: ProcessFolder): Promise<void> {
  const signed = { pid: process.pid, startedAt: await startOf(process.pid), place: await place() };
  await writeFile(path.join(folder, ALIVE), JSON.stringify(signed), { mode: 0o600 });
}

/**
 * Renews the sign of life of a folder; returns false when another process has taken it over. Synchronous: the four
 * threads of Node's pool may all wait for a name server that is away, and a process without a sign for six seconds
 * counts as frozen. Since a folder that is taken over gets another name, true also means that whatever was read under
 * this name until now was this folder's.
 */
export function keepAlive({ path: folder }: ProcessFolder, machineMs: number): boolean {
  const at = new Date(machineMs);
  try {
    utimesSync(path.join(folder, ALIVE), at, at);
    return true;
  } catch (error) {
    return ifMissing(false)(error);
  }
}

/** A sign of life, which changes while the folder's process works. */
export interface Sign {
  readonly at: number;
  /** True when its process belongs to this machine and has not ended; it may be frozen. */
  readonly runs: boolean;
}

/**
 * Reads the sign of life; `gone` is certain: the process belonged to this machine and has ended, or the folder is not
 * there.
 */
export async function signOf({ path: folder }: ProcessFolder): Promise<'gone' | Sign> {
  const file = path.join(folder, ALIVE);
  const at = await stat(file).then(({ mtimeMs }) => mtimeMs, ifMissing(undefined));
  if (at === undefined) return 'gone';
  const alive = Alive.safeParse(parsedJson(await readFile(file, 'utf8').catch(ifMissing(''))));
  if (!alive.success || alive.data.place !== (await place())) return { at, runs: false };
  return (await startOf(alive.data.pid)) === alive.data.startedAt ? { at, runs: true } : 'gone';
}

/** Identifies where a process id is unique: one boot of one machine, and one namespace of processes. */
async function place(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() =>
    randomBytes(16).toString('hex'),
  );
  const namespace = await stat('/proc/self/ns/pid').then(
    ({ ino }) => String(ino),
    () => '',
  );
  return `${boot.trim()} ${namespace}`;
}

/** Reads when a process started, in ticks since boot; empty when no process has that id. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the name in parentheses, which may contain spaces and parentheses.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Takes over the folder of an ended process; returns undefined when another process was faster. */
export async function claim(folder: ProcessFolder): Promise<ProcessFolder | undefined> {
  const root = path.dirname(folder.path);
  const taken = path.join(root, `${folder.processId}~${randomBytes(4).toString('hex')}`);
  const moved = await rename(folder.path, taken).then(() => true, ifMissing(false));
  if (!moved) return undefined;
  const claimed = { ...folder, path: taken };
  await signAlive(claimed);
  return claimed;
}

/** Marks a folder without owed entries as done; it is kept for a restore of the database. */
export async function closeFolder(folder: ProcessFolder): Promise<void> {
  const root = path.dirname(folder.path);
  await rename(folder.path, path.join(root, `${folder.processId}.done`)).catch(ifMissing(undefined));
  await syncFolder(root);
}

/** `sealId` is the seal of the database that has the entries: null when it was never sealed, or none was noted. */
const Drained = z.object({
  file: z.string(),
  byte: z.int().nonnegative(),
  sealId: z.uuid().nullable().default(null),
});

/** Returns undefined when there is no readable note, in which case nothing counts as drained. */
const drainedOf = async ({ path: folder }: ProcessFolder): Promise<z.output<typeof Drained> | undefined> =>
  Drained.safeParse(parsedJson(await readFile(path.join(folder, DRAINED), 'utf8').catch(() => ''))).data;

/** Says whether a folder's drained position refers to the database of that seal. */
export const isOfSeal = async (folder: ProcessFolder, sealId: string | null): Promise<boolean> =>
  ((await drainedOf(folder))?.sealId ?? null) === sealId;

/**
 * Returns the position up to which everything is in the database of that seal; the beginning when the note is for
 * another seal.
 */
export const drainedInto = async (folder: ProcessFolder, sealId: string | null): Promise<Position> =>
  (await isOfSeal(folder, sealId)) ? answeredTo(folder) : BEGINNING;

/** Returns the position up to which everything was in some database, from which it was answered. */
export async function answeredTo(folder: ProcessFolder): Promise<Position> {
  const { file, byte } = (await drainedOf(folder)) ?? BEGINNING;
  return { file, byte };
}

/**
 * Stores a folder's drained position, with the seal of the database. An error of the disk is ignored: entries that are
 * not noted as drained are drained again, which changes nothing.
 */
export const noteDrained = (
  { path: folder }: ProcessFolder,
  to: Position,
  sealId: string | null,
): Promise<void> =>
  replaceFile(path.join(folder, DRAINED), JSON.stringify({ ...to, sealId })).catch(() => undefined);

/** Replaces a file atomically; of concurrent calls the last one wins. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  } catch (cause) {
    // On a full disk each attempt would leave an empty draft.
    await rm(draft, { force: true });
    throw cause;
  }
}

/**
 * Removes the files of a folder that were begun before a day, and the folder if it was done before it; returns the
 * number of files.
 */
async function forgetBefore(folder: ProcessFolder, day: string): Promise<number> {
  const files = await filesOf(folder);
  const old = files.filter((file) => dayOf(file) < day);
  for (const file of old) await rm(path.join(folder.path, file), { force: true });
  // A folder without files is kept as long: a restored database may still wait for its process.
  const isOver = folder.isDone && old.length === files.length && (await lastDayOf(folder)) < day;
  if (isOver) await rm(folder.path, { recursive: true, force: true });
  return old.length;
}

/** Returns the day of the last sign of life, in UTC. */
const lastDayOf = ({ path: folder }: ProcessFolder): Promise<string> =>
  stat(path.join(folder, ALIVE)).then(({ mtimeMs }) => instant(mtimeMs).toISODate(), ifMissing(''));

const ifMissing =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    throw error;
  };

/**
 * Removes the journal files of ended processes, and of this one (`own`), that are older than `keptDays`, the age of
 * the oldest backup; never a file with an entry that is owed. Returns their number.
 */
export async function forgetOldFiles(
  root: string,
  rule: {
    readonly clock: Clock;
    readonly keptDays: number;
    readonly own?: { readonly processId: string; readonly drainedTo: Position } | undefined;
  },
): Promise<number> {
  const day = instant(rule.clock.machine()).minus({ days: rule.keptDays }).toISODate();
  let forgotten = 0;
  for (const folder of await processFolders(root)) {
    if (folder.isDone) forgotten += await forgetBefore(folder, day);
    else if (folder.processId === rule.own?.processId) {
      const drained = dayOf(rule.own.drainedTo.file);
      forgotten += await forgetBefore(folder, drained < day ? drained : day);
    }
  }
  return forgotten;
}

/**
 * Linux's magic numbers of the file systems on which every process sees at once what another one wrote. Not NFS, which
 * caches names and sizes for up to a minute.
 */
const AT_ONCE: ReadonlySet<number> = new Set([
  // Of one machine: ext, XFS, Btrfs, F2FS, ZFS, bcachefs, tmpfs, overlay.
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0xca451a4e, 0x01021994, 0x794c7630,
  // Shared by several machines: CephFS, GFS2, OCFS2, Lustre, Spectrum Scale.
  0x00c36400, 0x01161970, 0x7461636f, 0x0bd00bd0, 0x47504653,
]);

/**
 * Says whether processes that share this folder see each other's writes at once, so that one may vouch for what it
 * read in another's journal.
 */
export async function isSeenAtOnce(folder: string): Promise<boolean> {
  try {
    return isKindSeenAtOnce((await statfs(folder)).type);
  } catch {
    return false;
  }
}

/** Says the same of a file system by its magic number, which Node may give as a signed integer. */
export const isKindSeenAtOnce = (kind: number): boolean => AT_ONCE.has(kind >>> 0);
