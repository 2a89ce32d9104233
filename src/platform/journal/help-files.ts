import { utimesSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson, replaceFile, type ProcessFolder, type Position } from './process-folder.ts';

/** File in the folder of a process that asks for help: the helper, and the end to read. */
const ASKS = 'asks.json';
/** File beside it: the helper's progress; written anew at each of its turns. */
const HELPED = 'helped.json';
/** File in the folder of a process that could help: touched whenever the database answers it. */
const HELPS = 'helps';

const Place = z.object({ file: z.string(), byte: z.int().nonnegative() });
/** Null is the seal of a database that was never sealed. */
const SealId = z.uuid().nullable();
const Mark = z.object({ helper: z.uuid(), sealId: SealId, end: Place, turn: z.int() });
const Note = z.object({ ...Place.shape, sealId: SealId });
const Offered = z.object({ sealId: SealId });

/** A request for help to one other process; the empty file is none. */
export interface HelpMark {
  readonly helper: string;
  /** The seal of the database: the helper names it in its offer, and vouches in that one alone. */
  readonly sealId: string | null;
  /** The end of the last entry on disk: a helper that has not brought in everything before it does not vouch. */
  readonly end: Position;
  /** Grows while the asking process lives. */
  readonly turn: number;
}

/** Synchronous, as its withdrawal: nothing comes between the two. */
export function askForHelp({ path: folder }: ProcessFolder, mark: HelpMark): void {
  writeFileSync(path.join(folder, ASKS), JSON.stringify(mark), { mode: 0o600 });
}

/** Withdraws the request: also in a read-only folder, and on a full disk. */
export function askNoMore({ path: folder }: ProcessFolder): void {
  writeFileSync(path.join(folder, ASKS), '', { mode: 0o600 });
}

/** Reads the mark by which a process asks for help, if it does; opened anew each time. */
export async function markOf({ path: folder }: ProcessFolder): Promise<HelpMark | undefined> {
  const text = await readFile(path.join(folder, ASKS), 'utf8').catch(() => '');
  return Mark.safeParse(parsedJson(text)).data;
}

/** A helper's progress on a journal, with a sign that changes at each of its turns. */
export interface Helped {
  readonly to: Position;
  /** The seal of the database that was filled. */
  readonly sealId: string | null;
  readonly sign: string;
}

/** Returns that progress; undefined when nobody helped, or it is unknown at present. */
export async function helpedTo({ path: folder }: ProcessFolder): Promise<Helped | undefined> {
  const found = await readSigned(path.join(folder, HELPED), Note);
  if (found === undefined) return undefined;
  const { sealId, ...to } = found.said;
  return { to, sealId, sign: found.sign };
}

/** Notes that everything before a position is in the database of a seal, and that the helper is at work. */
export const noteHelped = (
  { path: folder }: ProcessFolder,
  to: Position,
  sealId: string | null,
): Promise<void> => replaceFile(path.join(folder, HELPED), JSON.stringify({ ...to, sealId }));

/** Offers help in the database of that seal from now on. */
export const noteOffer = ({ path: folder }: ProcessFolder, sealId: string | null): Promise<void> =>
  replaceFile(path.join(folder, HELPS), JSON.stringify({ sealId }));

/** Renews the offer. */
export function offerHelp({ path: folder }: ProcessFolder, machineMs: number): void {
  const at = new Date(machineMs);
  utimesSync(path.join(folder, HELPS), at, at);
}

/** An offer of help, with a sign that changes while it lasts. */
export interface HelpOffer {
  readonly sealId: string | null;
  readonly sign: string;
}

/** Reads a process's offer; undefined when it never made one. */
export async function offerOf({ path: folder }: ProcessFolder): Promise<HelpOffer | undefined> {
  const found = await readSigned(path.join(folder, HELPS), Offered);
  return found && { ...found.said, sign: found.sign };
}

/** Reads a file and a sign that changes whenever it is written or touched; opened anew each time. */
async function readSigned<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<{ readonly said: z.output<S>; readonly sign: string } | undefined> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mtimeMs } = await handle.stat();
      return { said: schema.parse(parsedJson(await handle.readFile('utf8'))), sign: String(mtimeMs) };
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** A file unchanged for so long is no longer being worked on, in milliseconds. */
export const FRESH_MS = 1_500;

interface Seen {
  readonly sign: string | undefined;
  readonly lookedAt: number;
  readonly changedAt: number;
}

/** Detects which of several things are being worked on now, by signs that change meanwhile. */
export class RecentChanges {
  readonly #seen = new Map<string, Seen>();

  /**
   * Notes the current sign; says whether it was recently seen to change. A change counts only between two looks of
   * which the first was recent too: an earlier change may be a day old.
   */
  isFresh(of: string, sign: string | undefined, now: number): boolean {
    const before = this.#seen.get(of);
    const isChange = before !== undefined && before.sign !== sign && now - before.lookedAt <= FRESH_MS;
    const changedAt = isChange ? now : (before?.changedAt ?? Number.NEGATIVE_INFINITY);
    this.#seen.set(of, { sign, lookedAt: now, changedAt });
    return now - changedAt <= FRESH_MS;
  }

  /** Forgets all others. */
  keepOnly(these: ReadonlySet<string>): void {
    for (const one of this.#seen.keys()) if (!these.has(one)) this.#seen.delete(one);
  }
}
