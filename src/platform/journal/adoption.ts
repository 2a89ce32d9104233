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

/** A process gives a sign of life twice a second: one without any for so long is gone or frozen. */
const GONE_AFTER_MS = 6_000;
/** Milliseconds between replays of a done journal of which some entries still lack their effect in this database. */
const REPLAYED_EVERY_MS = 4_000;
/** After so long without a turn this process may have been frozen itself: the silence of others proves nothing. */
const LOOKED_AWAY_MS = 2_000;

interface Watched {
  readonly sign: number;
  readonly since: number;
  /** True when a process keeps this folder: its sign of life was seen to change, or its process runs. */
  readonly isKept: boolean;
}

/** Takes over the journals of ended or frozen processes on this disk, and drains them. */
export class Adoption {
  readonly #deps: DrainDeps;
  /** This process's id; undefined if it keeps no journal of its own. */
  readonly #processId: string | undefined;
  /**
   * True while the database answers this process: otherwise it would keep entries from others that could bring them
   * in.
   */
  readonly #mayKeep: () => boolean;
  readonly #watched = new Map<string, Watched>();
  readonly #adopted = new Map<string, ProcessFolder>();
  readonly #troubles = new Map<string, readonly Trouble[]>();
  readonly #waiting = new Map<string, WaitingEntries>();
  /** When the folders of ended processes were last replayed, by path. */
  readonly #replayedAt = new Map<string, number>();
  /** Paths of those that were already reported as incomplete. */
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

  /** True when no journal that was taken over is left to drain. */
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

  /** Looks for journals to take over, and drains those taken over; throws while the database is away. */
  async turn(): Promise<void> {
    this.keepAlive();
    const folders = await processFolders(this.#deps.root);
    const others = folders.filter(({ isDone, processId }) => !isDone && processId !== this.#processId);
    this.#forgiveSilenceAfterSleep();
    let isAnyLeft = false;
    for (const folder of others)
      if ((await this.#isAbandoned(folder)) && !(await this.#adopt(folder))) isAnyLeft = true;
    for (const folder of this.#adopted.values()) await this.#retryOrDrain(folder);
    await this.#forgetDrained(folders.filter(({ isDone }) => isDone));
    this.#isClear =
      !isAnyLeft &&
      this.#adopted.size === 0 &&
      others.every(({ path }) => this.#watched.get(path)?.isKept !== false || this.#adopted.has(path));
  }

  /** Forgets what a person wrote off, so that the next turn drains these journals again. */
  pardon(): void {
    this.#troubles.clear();
    this.#waiting.clear();
  }

  /**
   * Renews the sign of life of each journal taken over while the database answers; forgets those that another process
   * took over.
   */
  keepAlive(): void {
    const mayKeep = this.#mayKeep();
    for (const folder of this.#adopted.values())
      if (mayKeep) this.#isStillOurs(folder);
      else if (!existsSync(folder.path)) this.#leave(folder);
  }

  /** Renews the sign of life of a folder; forgets it when another process has taken it over. */
  #isStillOurs(folder: ProcessFolder): boolean {
    if (keepAlive(folder, this.#deps.clock.machine())) return true;
    this.#leave(folder);
    return false;
  }

  #leave({ path }: ProcessFolder): void {
    for (const kept of [this.#adopted, this.#troubles, this.#waiting]) kept.delete(path);
  }

  /** After the machine was suspended every process has been silent for as long, and none has ended because of it. */
  #forgiveSilenceAfterSleep(): void {
    const now = this.#deps.clock.monotonic();
    if (now - this.#lookedAt > LOOKED_AWAY_MS)
      for (const [path, watched] of this.#watched) this.#watched.set(path, { ...watched, since: now });
    this.#lookedAt = now;
  }

  /**
   * Also true of a process that runs but is frozen: its later writes are refused, since the folder has another name.
   */
  async #isAbandoned(folder: ProcessFolder): Promise<boolean> {
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

  /**
   * Retries entries that wait for the database. A journal with damage is read again only after a person wrote it off.
   */
  async #retryOrDrain(folder: ProcessFolder): Promise<void> {
    const waiting = this.#waiting.get(folder.path);
    if (waiting === undefined) {
      if (!this.#troubles.has(folder.path)) await this.#drain(folder);
      return;
    }
    const found = await waiting.retry(this.#deps, folder);
    if (!this.#isStillOurs(folder)) return;
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
        if (this.#isStillOurs(folder)) await noteDrained(folder, to, sealId);
      },
    });
    // A folder that another process took over meanwhile reads as empty: its entries are left to that process.
    if (!this.#isStillOurs(folder)) return;
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
   * Removes the rows of processes that ended with a drained journal, as a restored database may still have them. Such a
   * row holds the gate until that journal is in this database.
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
      if ((await isOfSeal(folder, sealId)) || (await this.#isReplayed(folder, sealId)))
        await ofSeal(database, sealId).outside((tx) => removeProcess(tx, folder.processId));
  }

  /**
   * Replays a done journal into the database of that seal; true when all of it is there. A process with a journal of
   * its own does it in `Replay` instead, which reports its obstacles.
   */
  async #isReplayed(folder: ProcessFolder, sealId: string | null): Promise<boolean> {
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
