import { existsSync } from 'node:fs';
import { instant } from '../clock.ts';
import { sealIdOf } from '../database/instance.repository.ts';
import { removeProcess, silentKeepers } from '../database/process.repository.ts';
import { bringIn, WaitingEntries, ofSeal } from './bring-in.ts';
import type { DrainDeps, Trouble, Wait } from './drain.ts';
import {
  answeredTo,
  claim,
  closeFolder,
  drainedInto,
  isOfSeal,
  keepAlive,
  noteDrained,
  processFolders,
  signOf,
  type ProcessFolder,
} from './process-folder.ts';
import { replayFolder } from './replay.ts';

/** A process gives a sign of life twice a second: after so long without one it is gone, or frozen. */
const GONE_AFTER_MS = 6_000;
/**
 * Interval at which the journal of an ended process, complete in another database alone, is read again where some
 * of it has no effect yet.
 */
const REPLAYED_EVERY_MS = 4_000;
/** A process that has not looked for so long may have been frozen itself: the silence of others proves nothing. */
const LOOKED_AWAY_MS = 2_000;

interface Watched {
  readonly sign: number;
  readonly since: number;
  /** True when another process keeps this folder: it was seen to change, or its process runs. */
  readonly isKept: boolean;
}

/** Takes over the journals of ended processes on this disk, and drains them. */
export class Adoption {
  readonly #deps: DrainDeps;
  /** This process's id, if it keeps a journal. */
  readonly #processId: string | undefined;
  /** True when the database answers this process: otherwise it would withhold from others the entries that they could bring in. */
  readonly #mayKeep: () => boolean;
  readonly #watched = new Map<string, Watched>();
  readonly #adopted = new Map<string, ProcessFolder>();
  readonly #troubles = new Map<string, readonly Trouble[]>();
  readonly #waiting = new Map<string, WaitingEntries>();
  /** Times of the last replay of ended processes, by path, and those already reported as incomplete. */
  readonly #replayedAt = new Map<string, number>();
  readonly #reported = new Set<string>();
  #isClear = false;
  #isClaiming = false;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: DrainDeps, processId?: string, mayKeep: () => boolean = () => true) {
    this.#deps = deps;
    this.#processId = processId;
    this.#mayKeep = mayKeep;
  }

  /** True when every journal on this disk is drained, or kept by a live process. */
  get isClear(): boolean {
    return this.#isClear;
  }

  /** True when nothing that was taken over remains. */
  get holdsNothing(): boolean {
    return this.#adopted.size === 0 && !this.#isClaiming;
  }

  /** The troubles that need a person. */
  get troubles(): readonly Trouble[] {
    return [...this.#troubles.values()].flat();
  }

  /** The entries that wait for the database. */
  get waits(): readonly Wait[] {
    return [...this.#waiting.values()].flatMap(({ waits }) => waits);
  }

  /** Looks once; throws while the database is away. Journals taken over are retried at each turn. */
  async turn(): Promise<void> {
    this.keepAlive();
    const folders = await processFolders(this.#deps.root);
    const others = folders.filter(({ isDone, processId }) => !isDone && processId !== this.#processId);
    this.#beginAgainAfterSleep();
    let isAnyLeft = false;
    for (const folder of others)
      if ((await this.#isLeft(folder)) && !(await this.#adopt(folder))) isAnyLeft = true;
    for (const folder of this.#adopted.values()) await this.#look(folder);
    await this.#forgetDrained(folders.filter(({ isDone }) => isDone));
    this.#isClear =
      !isAnyLeft &&
      this.#adopted.size === 0 &&
      others.every(({ path }) => this.#watched.get(path)?.isKept !== false || this.#adopted.has(path));
  }

  /** Forgets troubles that a person wrote off: at the next turn they hold nothing up. */
  pardon(): void {
    this.#troubles.clear();
    this.#waiting.clear();
  }

  /** Signs each journal taken over while the database answers; one that another process took over is left to it. */
  keepAlive(): void {
    const mayKeep = this.#mayKeep();
    for (const folder of this.#adopted.values())
      if (mayKeep) this.#keeps(folder);
      else if (!existsSync(folder.path)) this.#leave(folder);
  }

  #keeps(folder: ProcessFolder): boolean {
    if (keepAlive(folder, this.#deps.clock.machine())) return true;
    this.#leave(folder);
    return false;
  }

  #leave({ path }: ProcessFolder): void {
    for (const kept of [this.#adopted, this.#troubles, this.#waiting]) kept.delete(path);
  }

  /** After a whole machine was suspended, every process has been silent for as long: none of them has ended for that. */
  #beginAgainAfterSleep(): void {
    const now = this.#deps.clock.monotonic();
    if (now - this.#lookedAt > LOOKED_AWAY_MS)
      for (const [path, watched] of this.#watched) this.#watched.set(path, { ...watched, since: now });
    this.#lookedAt = now;
  }

  /** A frozen process runs and gives no sign: its writes after its return are refused, since the folder has moved. */
  async #isLeft(folder: ProcessFolder): Promise<boolean> {
    if (this.#adopted.has(folder.path)) return false;
    const now = this.#deps.clock.monotonic();
    const sign = await signOf(folder);
    if (sign === 'gone') return true;
    const before = this.#watched.get(folder.path);
    if (before?.sign === sign.at) return now - before.since >= GONE_AFTER_MS;
    this.#watched.set(folder.path, {
      sign: sign.at,
      since: now,
      isKept: sign.runs || before !== undefined,
    });
    return false;
  }

  /** Returns false where the folder is left as it is. */
  async #adopt(folder: ProcessFolder): Promise<boolean> {
    if (!this.#mayKeep()) return false;
    this.#isClaiming = true;
    try {
      const claimed = await claim(folder);
      if (claimed !== undefined) this.#adopted.set(claimed.path, claimed);
    } finally {
      this.#isClaiming = false;
    }
    this.#watched.delete(folder.path);
    return true;
  }

  /** Entries that wait for the database are retried; those that wait for a person are read again after one has decided. */
  async #look(folder: ProcessFolder): Promise<void> {
    const waiting = this.#waiting.get(folder.path);
    if (waiting === undefined) {
      if (!this.#troubles.has(folder.path)) await this.#drain(folder);
      return;
    }
    const found = await waiting.retry(this.#deps, folder);
    if (!this.#keeps(folder)) return;
    if (found.length > 0)
      this.#troubles.set(folder.path, [...(this.#troubles.get(folder.path) ?? []), ...found]);
    if (waiting.waits.length === 0) this.#waiting.delete(folder.path);
  }

  async #drain(folder: ProcessFolder): Promise<void> {
    const { clock, log } = this.#deps;
    const { processId } = folder;
    const sealId = await this.#deps.database.outside(sealIdOf);
    const deps = { ...this.#deps, database: ofSeal(this.#deps.database, sealId) };
    const { entries, applied, troubles, waits } = await bringIn(deps, {
      folder,
      from: await drainedInto(folder, sealId),
      answered: await answeredTo(folder),
      reached: async (to) => {
        if (this.#keeps(folder)) await noteDrained(folder, to, sealId);
      },
    });
    // One that another took over while this one drained reads as empty: its entries are the other's to apply.
    if (!this.#keeps(folder)) return;
    if (troubles.length > 0) this.#troubles.set(folder.path, troubles);
    if (waits.length > 0) {
      const waitingEntries = new WaitingEntries(clock);
      waitingEntries.hold(waits);
      this.#waiting.set(folder.path, waitingEntries);
    }
    if (troubles.length + waits.length > 0) return;
    await deps.database.outside((tx) => removeProcess(tx, processId));
    await closeFolder(folder);
    this.#leave(folder);
    log.info({ journal: processId, entries, applied }, 'the journal of a process that ended is drained');
  }

  /**
   * A process that ended drained may still be registered, as in a restored database. It holds the gate of a
   * database for as long as its journal is not in that one.
   */
  async #forgetDrained(done: readonly ProcessFolder[]): Promise<void> {
    const { clock, database } = this.#deps;
    if (done.length === 0) return;
    const at = instant(clock.machine()).toISO();
    const { sealId, silent } = await database.outside(async (tx) => ({
      sealId: await sealIdOf(tx),
      silent: new Set(await silentKeepers(tx, at)),
    }));
    for (const folder of done.filter(({ processId }) => silent.has(processId)))
      if ((await isOfSeal(folder, sealId)) || (await this.#isBroughtBack(folder, sealId)))
        await ofSeal(database, sealId).outside((tx) => removeProcess(tx, folder.processId));
  }

  /** A process with a journal of its own replays those of others: its obstacles are reported with the rest. */
  async #isBroughtBack(folder: ProcessFolder, sealId: string | null): Promise<boolean> {
    const before = this.#replayedAt.get(folder.path) ?? Number.NEGATIVE_INFINITY;
    const { clock, log } = this.#deps;
    if (this.#processId !== undefined || clock.monotonic() - before < REPLAYED_EVERY_MS) return false;
    const found = await replayFolder(this.#deps, folder, { sealId, isQuiet: true }).finally(() =>
      this.#replayedAt.set(folder.path, clock.monotonic()),
    );
    const held = found.troubles.length + found.waits.length;
    if (held === 0) return true;
    if (!this.#reported.has(folder.path))
      log.warn(
        { journal: folder.processId, held },
        'the journal of a process that ended is not wholly in this database',
      );
    this.#reported.add(folder.path);
    return false;
  }
}
