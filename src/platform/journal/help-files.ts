import { utimesSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsed } from './parsed.ts';
import type { Position } from './position.ts';
import { replaceFile, type ProcessFolder } from './process-folder.ts';

/** In the folder of a process that asks another one of its disk for help: whom, and how much there is to read. */
const ASKS = 'asks.json';
/** Beside it: how far the other one has brought the journal into the database; written anew at each of its turns. */
const HELPED = 'helped.json';
/** In the folder of a process that could help: touched whenever the database answers it. */
const HELPS = 'helps';

const Place = z.object({ file: z.string(), byte: z.int().nonnegative() });
/** Null is the seal of a database that was never sealed. */
const SealId = z.uuid().nullable();
const Mark = z.object({ helper: z.uuid(), sealId: SealId, end: Place, turn: z.int() });
const Note = z.object({ ...Place.shape, sealId: SealId });
const Offered = z.object({ sealId: SealId });

/** Asks one other process for help; empty, the file asks nobody. */
export interface HelpMark {
  /** The process that is asked: nobody else helps. */
  readonly helper: string;
  /** In the database of which seal: whoever is asked says so in its offer, and vouches in that one alone. */
  readonly sealId: string | null;
  /** Where the last entry ends that the disk has: whoever has not brought in everything before it vouches for nothing. */
  readonly end: Position;
  /** Rises while the process that asks lives. */
  readonly turn: number;
}

/** Synchronous, as what takes it back: nothing comes between the two. */
export function askForHelp({ path: folder }: ProcessFolder, mark: HelpMark): void {
  writeFileSync(path.join(folder, ASKS), JSON.stringify(mark), { mode: 0o600 });
}

/** Asks nobody any more: also in a folder that may not be changed, and on a disk that is full. */
export function askNoMore({ path: folder }: ProcessFolder): void {
  writeFileSync(path.join(folder, ASKS), '', { mode: 0o600 });
}

/** Whom a process asks for help, if anybody; opened anew each time. */
export async function markOf({ path: folder }: ProcessFolder): Promise<HelpMark | undefined> {
  const text = await readFile(path.join(folder, ASKS), 'utf8').catch(() => '');
  return Mark.safeParse(parsed(text)).data;
}

/** How far another process has helped a journal, and a sign that changes with each of its turns. */
export interface Helped {
  readonly to: Position;
  /** Into the database of this seal. */
  readonly sealId: string | null;
  readonly sign: string;
}

/** Undefined when nobody did, or it cannot be told now. */
export async function helpedTo({ path: folder }: ProcessFolder): Promise<Helped | undefined> {
  const found = await readSigned(path.join(folder, HELPED), Note);
  if (found === undefined) return undefined;
  const { sealId, ...to } = found.said;
  return { to, sealId, sign: found.sign };
}

/** Notes that everything before a place is in the database of a seal, and that whoever helps is at work. */
export const noteHelped = (
  { path: folder }: ProcessFolder,
  to: Position,
  sealId: string | null,
): Promise<void> => replaceFile(path.join(folder, HELPED), JSON.stringify({ ...to, sealId }));

/** Says in the database of which seal this process could help from now on. */
export const noteOffer = ({ path: folder }: ProcessFolder, sealId: string | null): Promise<void> =>
  replaceFile(path.join(folder, HELPS), JSON.stringify({ sealId }));

/** Says that this process still could help. */
export function offerHelp({ path: folder }: ProcessFolder, machineMs: number): void {
  const at = new Date(machineMs);
  utimesSync(path.join(folder, HELPS), at, at);
}

/** In the database of which seal a process could help, and a sign that changes while it could. */
export interface Offer {
  readonly sealId: string | null;
  readonly sign: string;
}

/** Undefined when it never could. */
export async function offerOf({ path: folder }: ProcessFolder): Promise<Offer | undefined> {
  const found = await readSigned(path.join(folder, HELPS), Offered);
  return found && { ...found.said, sign: found.sign };
}

/** What a file says, and a sign that changes whenever it is written or touched; opened anew each time. */
async function readSigned<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<{ readonly said: z.output<S>; readonly sign: string } | undefined> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mtimeMs } = await handle.stat();
      return { said: schema.parse(parsed(await handle.readFile('utf8'))), sign: String(mtimeMs) };
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
