import { utimesSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { inTime } from '../../base/index.ts';
import { instant } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import { waitBriefly } from '../database/measure.repository.ts';
import { vouch, vouchGround } from '../database/process.repository.ts';
import { faultOf } from '../log.ts';
import { aroundEach, ofSeal, bringIn } from './bring-in.ts';
import { type DrainDeps, AccountElsewhere, placeNameOf, type Trouble, type Wait } from './drain.ts';
import {
  earlier,
  isBefore,
  later,
  type Position,
  answeredTo,
  drainedInto,
  neighboursOf,
  type ProcessFolder,
  parsedJson,
  replaceFile,
} from './process-folder.ts';

/** A look that takes longer goes on beside the next ones. */
const LOOKS_FOR_MS = 500;
/** Milliseconds between notes of progress: without one, the asking process would ask another, which began anew. */
const NOTED_EVERY_MS = 500;

/** This process's own progress on a journal, in the database of one seal. */
interface Reached {
  readonly sealId: string | null;
  readonly to: Position;
}

/** Brings in the journals of processes on this disk that ask for it, since they cannot reach the database; and vouches for them. */
export class Neighbours {
  readonly #deps: DrainDeps;
  readonly #processId: string;
  readonly #looksForMs: number;
  readonly #marks = new RecentChanges();
  /** By process, as the following maps. */
  readonly #reached = new Map<string, Reached>();
  /** Looks under way. */
  readonly #visits = new Map<string, Promise<void>>();
  /** The entries without effect at the last look, and at the one before. */
  readonly #held = new Map<string, readonly (Trouble | Wait)[]>();
  readonly #heldBefore = new Map<string, ReadonlySet<string>>();
  /** The processes already reported as impossible to help. */
  readonly #reported = new Set<string>();

  constructor(deps: DrainDeps, processId: string, looksForMs = LOOKS_FOR_MS) {
    const { acknowledgesStop, database } = deps;
    this.#deps = {
      ...deps,
      // The holder of a lock may hang for seconds: the entry is tried again at the next look.
      database: withoutWaiting(database),
      acknowledgesStop: (gateway) => {
        const known = acknowledgesStop(gateway);
        if (known === undefined) throw new AccountElsewhere(`no account ${gateway} is configured here`);
        return known;
      },
    };
    this.#processId = processId;
    this.#looksForMs = looksForMs;
  }

  /** The entries without effect in the journals of the processes that ask this one: they prevent a vouch. */
  get held(): readonly (Trouble | Wait)[] {
    return [...this.#held].flatMap(([processId, held]) =>
      // Once may be a file that was being written.
      held.filter((one) => this.#heldBefore.get(processId)?.has(placeNameOf(one)) === true),
    );
  }

  /** Forgets entries that a person wrote off: the next looks report the remaining ones. */
  pardon(): void {
    this.#held.clear();
    this.#heldBefore.clear();
  }

  /** Looks once, and helps the processes that ask; `sealId` names the seal for which it has replayed everything. */
  async turn(sealId: string | null): Promise<void> {
    const others = await neighboursOf(this.#deps.root, this.#processId);
    const there = new Set(others.map(({ processId }) => processId));
    this.#marks.keepOnly(there);
    for (const known of [this.#reached, this.#held, this.#heldBefore, this.#reported])
      for (const one of known.keys()) if (!there.has(one)) known.delete(one);
    for (const folder of others) this.#begin(folder, sealId);
    // A long journal keeps nobody else from being helped.
    await inTime(Promise.all(this.#visits.values()), this.#looksForMs, undefined);
  }

  #begin(folder: ProcessFolder, sealId: string | null): void {
    const { processId } = folder;
    if (this.#visits.has(processId)) return;
    const visit = this.#visit(folder, sealId).finally(() => this.#visits.delete(processId));
    this.#visits.set(processId, visit);
  }

  /** A fault of one journal does not stop help for the others. */
  async #visit(folder: ProcessFolder, sealId: string | null): Promise<void> {
    const { processId } = folder;
    try {
      const isAsked = await this.#isAsked(folder, sealId);
      if (!isAsked) this.#noteHeld(processId, []);
      const why = isAsked ? await this.#help(folder, sealId) : undefined;
      if (why === undefined) this.#reported.delete(processId);
      else this.#tell(processId, { why });
    } catch (error) {
      this.#tell(processId, { fault: faultOf(error) });
    }
  }

  #tell(processId: string, why: object): void {
    if (this.#reported.has(processId)) return;
    this.#reported.add(processId);
    this.#deps.log.warn({ journal: processId, ...why }, 'a process that asks for help cannot be vouched for');
  }

  /** Returns the mark of a live process that asks this one, in the database of that seal. */
  async #asked(folder: ProcessFolder, sealId: string | null): Promise<HelpMark | undefined> {
    const { processId } = folder;
    const mark = await markOf(folder);
    const isFresh = this.#marks.isFresh(processId, mark && String(mark.turn), this.#deps.clock.monotonic());
    return isFresh && mark?.helper === this.#processId && mark.sealId === sealId ? mark : undefined;
  }

  async #isAsked(folder: ProcessFolder, sealId: string | null): Promise<boolean> {
    return (await this.#asked(folder, sealId)) !== undefined;
  }

  /** Returns the obstacle to vouching; undefined when it was done, or is no longer asked for. */
  async #help(folder: ProcessFolder, sealId: string | null): Promise<string | undefined> {
    const { clock, database } = this.#deps;
    const { processId } = folder;
    const at = instant(clock.machine()).toISO();
    const ground = await database.outside((tx) => vouchGround(tx, processId, at));
    if (ground === undefined || ground.sealId !== sealId) return 'the database was sealed';
    // Read after the moment of the ground, so that everything marked by then is seen here.
    const mark = await this.#asked(folder, sealId);
    if (mark === undefined) return undefined;
    const to = await this.#bringIn(folder, mark.end, sealId);
    if (isBefore(to, mark.end))
      return (await this.#isAsked(folder, sealId))
        ? 'not everything that it has is in the database'
        : undefined;
    await noteHelped(folder, to, sealId);
    await database.outside((tx) => vouch(tx, processId, ground));
    return undefined;
  }

  /** Brings in the entries of a journal on disk; returns the position up to which everything is in the database. */
  async #bringIn(folder: ProcessFolder, end: Position, sealId: string | null): Promise<Position> {
    const { processId } = folder;
    const known = this.#reached.get(processId);
    const before = known?.sealId === sealId ? known.to : undefined;
    if (before !== undefined && !isBefore(before, end)) return before;
    const drained = await drainedInto(folder, sealId);
    const from = before === undefined ? drained : later(before, drained);
    this.#reached.set(processId, { sealId, to: from });
    const { clock, database } = this.#deps;
    let notedAt = clock.monotonic();
    const deps = { ...this.#deps, database: ofSeal(database, sealId) };
    const { troubles, waits } = await bringIn(deps, {
      folder,
      from,
      answered: await answeredTo(folder),
      // An entry after this position may be withdrawn: its write is not known to have succeeded.
      until: end,
      reached: async (next) => {
        const to = earlier(next, end);
        this.#reached.set(processId, { sealId, to });
        if (clock.monotonic() - notedAt < NOTED_EVERY_MS) return;
        await noteHelped(folder, to, sealId);
        notedAt = clock.monotonic();
      },
      isQuiet: true,
      // A process that asks no more brings its entries in itself: both would wait for each other's locks, entry
      // after entry.
      isWanted: () => this.#isAsked(folder, sealId),
    });
    this.#noteHeld(processId, [...troubles, ...waits]);
    return this.#reached.get(processId)?.to ?? from;
  }

  #noteHeld(processId: string, held: readonly (Trouble | Wait)[]): void {
    this.#heldBefore.set(processId, new Set(this.#held.get(processId)?.map(placeNameOf)));
    this.#held.set(processId, held);
  }
}

/** Wraps a database so that no transaction waits long for a lock. */
const withoutWaiting = (database: Database): Database =>
  aroundEach(database, (work) => async (tx) => {
    await waitBriefly(tx);
    return work(tx);
  });

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
interface Helped {
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
interface HelpOffer {
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
