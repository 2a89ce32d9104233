import { instant } from '../clock.ts';
import { aroundEach, ofSeal, bringIn } from './bring-in.ts';
import type { Database } from '../database/connection.ts';
import { vouch, vouchGround } from '../database/journal-vouch.repository.ts';
import { waitBriefly } from '../database/lock-wait.repository.ts';
import { inTime } from '../base/promises.ts';
import { faultOf } from '../log.ts';
import type { DrainDeps } from './drain.ts';
import { AccountElsewhere, placeNameOf, type Trouble, type Wait } from './effect.ts';
import { markOf, noteHelped, type HelpMark, RecentChanges } from './help-files.ts';
import {
  earlier,
  isBefore,
  later,
  type Position,
  answeredTo,
  drainedInto,
  neighboursOf,
  type ProcessFolder,
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
