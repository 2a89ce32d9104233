import { utimesSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { inTime, parsedJson } from '../../base/index.ts';
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
  replaceFile,
} from './process-folder.ts';

/** Milliseconds that a turn waits for its visits; longer ones go on beside the next turns. */
const LOOKS_FOR_MS = 500;
/**
 * Milliseconds between notes of progress: without them the process would ask another helper, which would begin anew.
 */
const NOTED_EVERY_MS = 500;

/** How far this process has brought a journal in, and the seal of the database. */
interface Reached {
  readonly sealId: string | null;
  readonly to: Position;
}

/** Helps processes on this disk that cannot reach the database: brings their journals in, and vouches for them. */
export class Neighbours {
  readonly #deps: DrainDeps;
  readonly #processId: string;
  readonly #looksForMs: number;
  readonly #requests = new RecentChanges();
  /** The keys of this map and of the following ones are ids of processes. */
  readonly #reached = new Map<string, Reached>();
  /** Visits under way. */
  readonly #visits = new Map<string, Promise<void>>();
  /** The entries without effect at the last visit, and at the one before. */
  readonly #held = new Map<string, readonly (Trouble | Wait)[]>();
  readonly #heldBefore = new Map<string, ReadonlySet<string>>();
  /** Processes of which it was already logged that they cannot be helped. */
  readonly #reported = new Set<string>();

  constructor(deps: DrainDeps, processId: string, looksForMs = LOOKS_FOR_MS) {
    const { acknowledgesStop, database } = deps;
    this.#deps = {
      ...deps,
      // A lock may be held for seconds: the entry is tried again at the next visit instead.
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

  /** Entries without effect in the journals of the processes that ask this one, which prevent a vouch. */
  get held(): readonly (Trouble | Wait)[] {
    return [...this.#held].flatMap(([processId, held]) =>
      // Only those seen at two visits: at one of them the file may just have been written.
      held.filter((one) => this.#heldBefore.get(processId)?.has(placeNameOf(one)) === true),
    );
  }

  /** Forgets the entries that a person wrote off; the next visits find those that remain. */
  pardon(): void {
    this.#held.clear();
    this.#heldBefore.clear();
  }

  /**
   * Visits the journals of other processes, and helps those that ask. `sealId` is the seal for which this process has
   * replayed everything.
   */
  async turn(sealId: string | null): Promise<void> {
    const others = await neighboursOf(this.#deps.root, this.#processId);
    const there = new Set(others.map(({ processId }) => processId));
    this.#requests.keepOnly(there);
    for (const known of [this.#reached, this.#held, this.#heldBefore, this.#reported])
      for (const one of known.keys()) if (!there.has(one)) known.delete(one);
    for (const folder of others) this.#begin(folder, sealId);
    // A long journal must not keep others from being helped.
    await inTime(Promise.all(this.#visits.values()), this.#looksForMs, undefined);
  }

  #begin(folder: ProcessFolder, sealId: string | null): void {
    const { processId } = folder;
    if (this.#visits.has(processId)) return;
    const visit = this.#visit(folder, sealId).finally(() => this.#visits.delete(processId));
    this.#visits.set(processId, visit);
  }

  /** Helps one process if it asks; an error is logged, so that it does not stop help for the others. */
  async #visit(folder: ProcessFolder, sealId: string | null): Promise<void> {
    const { processId } = folder;
    try {
      const isAsked = await this.#isAsked(folder, sealId);
      if (!isAsked) this.#noteHeld(processId, []);
      const why = isAsked ? await this.#help(folder, sealId) : undefined;
      if (why === undefined) this.#reported.delete(processId);
      else this.#warn(processId, { why });
    } catch (error) {
      this.#warn(processId, { fault: faultOf(error) });
    }
  }

  #warn(processId: string, why: object): void {
    if (this.#reported.has(processId)) return;
    this.#reported.add(processId);
    this.#deps.log.warn({ journal: processId, ...why }, 'a process that asks for help cannot be vouched for');
  }

  /**
   * Returns the request of a live process that asks this one, for the database of that seal; undefined when there is
   * none.
   */
  async #requestOf(folder: ProcessFolder, sealId: string | null): Promise<HelpRequest | undefined> {
    const { processId } = folder;
    const request = await helpRequestOf(folder);
    const now = this.#deps.clock.monotonic();
    const isFresh = this.#requests.isFresh(processId, request && String(request.turn), now);
    return isFresh && request?.helper === this.#processId && request.sealId === sealId ? request : undefined;
  }

  async #isAsked(folder: ProcessFolder, sealId: string | null): Promise<boolean> {
    return (await this.#requestOf(folder, sealId)) !== undefined;
  }

  /** Brings a journal in and vouches for it; returns the reason why it could not vouch, if it is still asked to. */
  async #help(folder: ProcessFolder, sealId: string | null): Promise<string | undefined> {
    const { clock, database } = this.#deps;
    const { processId } = folder;
    const at = instant(clock.machine()).toISO();
    const ground = await database.outside((tx) => vouchGround(tx, processId, at));
    if (ground === undefined || ground.sealId !== sealId) return 'the database was sealed';
    // Read after that moment, so that the request names every entry from before it.
    const request = await this.#requestOf(folder, sealId);
    if (request === undefined) return undefined;
    const to = await this.#bringIn(folder, request.end, sealId);
    if (isBefore(to, request.end))
      return (await this.#isAsked(folder, sealId))
        ? 'not everything that it has is in the database'
        : undefined;
    await noteHelped(folder, to, sealId);
    await database.outside((tx) => vouch(tx, processId, ground));
    return undefined;
  }

  /**
   * Brings in the entries of a journal before `end`; returns the position up to which everything is in the database.
   */
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
      // An entry beyond this position may be refused yet: its write is not known to have succeeded.
      until: end,
      reached: async (next) => {
        const to = earlier(next, end);
        this.#reached.set(processId, { sealId, to });
        if (clock.monotonic() - notedAt < NOTED_EVERY_MS) return;
        await noteHelped(folder, to, sealId);
        notedAt = clock.monotonic();
      },
      isQuiet: true,
      // A process that no longer asks brings its entries in by itself: the two would wait for each other's locks, entry
      // by entry.
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

/** The file in the folder of a process that asks for help: the helper, and the end to read. */
const ASKS = 'asks.json';
/** The file in the same folder for the helper's progress, written anew at each of its turns. */
const HELPED = 'helped.json';
/** The file in the folder of a process that offers help, touched whenever the database answers it. */
const HELPS = 'helps';

const Place = z.object({ file: z.string(), byte: z.int().nonnegative() });
/** Null is the seal of a database that was never sealed. */
const SealId = z.uuid().nullable();
const HelpRequest = z.object({
  helper: z.uuid(),
  /** The seal of the database, as the helper's offer names it: the helper vouches in that database alone. */
  sealId: SealId,
  /** The end of the last entry on disk: a helper vouches once it has brought in everything before it. */
  end: Place,
  /** Grows with each write. */
  turn: z.int(),
});
const Progress = z.object({ ...Place.shape, sealId: SealId });
const Offer = z.object({ sealId: SealId });

/** A request for help to one other process. */
export type HelpRequest = Readonly<z.output<typeof HelpRequest>>;

/** Writes a request. Synchronous, as `askNoMore` is, so that the two take effect in the order of the calls. */
export function askForHelp({ path: folder }: ProcessFolder, request: HelpRequest): void {
  writeFileSync(path.join(folder, ASKS), JSON.stringify(request), { mode: 0o600 });
}

/** Withdraws the request by emptying its file, which is possible in a read-only folder and on a full disk too. */
export function askNoMore({ path: folder }: ProcessFolder): void {
  writeFileSync(path.join(folder, ASKS), '', { mode: 0o600 });
}

/** Reads a process's request for help from the disk; undefined when it makes none. */
export async function helpRequestOf({ path: folder }: ProcessFolder): Promise<HelpRequest | undefined> {
  const text = await readFile(path.join(folder, ASKS), 'utf8').catch(() => '');
  return HelpRequest.safeParse(parsedJson(text)).data;
}

/** A helper's progress on a journal. `sign` changes at each of the helper's turns. */
interface HelperProgress {
  readonly to: Position;
  /** The seal of the database that was filled. */
  readonly sealId: string | null;
  readonly sign: string;
}

/**
 * Returns a helper's progress on a journal; undefined when nobody has helped, or the file cannot be read at present.
 */
export async function helpedTo({ path: folder }: ProcessFolder): Promise<HelperProgress | undefined> {
  const found = await readSigned(path.join(folder, HELPED), Progress);
  if (found === undefined) return undefined;
  const { sealId, ...to } = found.content;
  return { to, sealId, sign: found.sign };
}

/** Notes a helper's progress on a journal: everything before that position is in the database of that seal. */
export const noteHelped = (
  { path: folder }: ProcessFolder,
  to: Position,
  sealId: string | null,
): Promise<void> => replaceFile(path.join(folder, HELPED), JSON.stringify({ ...to, sealId }));

/** Offers help for the database of that seal. */
export const noteOffer = ({ path: folder }: ProcessFolder, sealId: string | null): Promise<void> =>
  replaceFile(path.join(folder, HELPS), JSON.stringify({ sealId }));

/** Renews the offer. */
export function offerHelp({ path: folder }: ProcessFolder, machineMs: number): void {
  const at = new Date(machineMs);
  utimesSync(path.join(folder, HELPS), at, at);
}

/** An offer of help. `sign` changes for as long as the offer is renewed. */
interface HelpOffer {
  readonly sealId: string | null;
  readonly sign: string;
}

/** Reads a process's offer of help; undefined when it never made one. */
export async function offerOf({ path: folder }: ProcessFolder): Promise<HelpOffer | undefined> {
  const found = await readSigned(path.join(folder, HELPS), Offer);
  return found && { ...found.content, sign: found.sign };
}

/** Reads a file, with a sign that changes whenever the file is written or touched. */
async function readSigned<S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<{ readonly content: z.output<S>; readonly sign: string } | undefined> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mtimeMs } = await handle.stat();
      return { content: schema.parse(parsedJson(await handle.readFile('utf8'))), sign: String(mtimeMs) };
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** Milliseconds; nobody works any more on a file that has not changed for so long. */
export const FRESH_MS = 1_500;

interface SeenSign {
  readonly sign: string | undefined;
  readonly lookedAt: number;
  readonly changedAt: number;
}

/** Detects which of several things somebody is working on now, by signs that change with the work. */
export class RecentChanges {
  readonly #seen = new Map<string, SeenSign>();

  /**
   * Notes the current sign of a thing; returns whether its sign has recently changed. A change counts only when the
   * sign was also read shortly before: otherwise the change may be a day old.
   */
  isFresh(of: string, sign: string | undefined, now: number): boolean {
    const before = this.#seen.get(of);
    const isChange = before !== undefined && before.sign !== sign && now - before.lookedAt <= FRESH_MS;
    const changedAt = isChange ? now : (before?.changedAt ?? Number.NEGATIVE_INFINITY);
    this.#seen.set(of, { sign, lookedAt: now, changedAt });
    return now - changedAt <= FRESH_MS;
  }

  /** Forgets all things but these. */
  keepOnly(these: ReadonlySet<string>): void {
    for (const one of this.#seen.keys()) if (!these.has(one)) this.#seen.delete(one);
  }
}
