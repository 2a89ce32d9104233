import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { VOUCHED_MS } from '../database/gates.ts';
import { inTime } from '../../base/index.ts';
import { faultOf, type Log } from '../log.ts';
import { askForHelp, askNoMore, helpedTo, offerOf, FRESH_MS, RecentChanges } from './neighbours.ts';
import { Believed, type ReportPace } from './gate-report.ts';
import { BEGINNING, isBefore, type Position, folderOf, neighboursOf } from './process-folder.ts';

/** Milliseconds by which PostgreSQL's clock may lag behind ours while a vouch counts. */
const MARGIN_MS = 400;
/** A helper that is asked for the first time may have to wait for commits of ours, which end within so long. */
const BEGINS_WITHIN_MS = 5_000;
/**
 * Once the database answers well again, a process still asks for help for so long at most while it drains its own
 * journal.
 */
const CATCHES_UP_WITHIN_MS = 10_000;
/** A reader ignores a request that has not changed for so long, even if it could not be removed from the disk. */
const UNCHANGED_MS = 2 * FRESH_MS;

/** What `NeighbourHelp` needs to know of the process that asks. */
export interface AskingDeps {
  readonly root: string;
  readonly processId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: ReportPace;
  /** The end of the last entry on disk. */
  readonly end: () => Position;
  /** The position up to which, as far as this process knows, all entries on disk are in the database. */
  readonly drainedTo: () => Position;
  /** False while this process holds the gate for an entry that is not on disk, which no helper could bring in. */
  readonly mayAsk: () => boolean;
  /** The seal of the database this process reports to: after a failover another process may be on another one. */
  readonly sealId: () => string | null | undefined;
}

/** A process that offers help, and the seal of the database that it reaches. */
interface Helper {
  readonly processId: string;
  readonly sealId: string | null;
}

interface Awaited {
  readonly at: Position;
  readonly resolve: (isIn: true) => void;
}

/**
 * Asks another process on the same disk to bring this process's journal into the database and to vouch for it, while
 * the database is slow or away for this process. It asks by a request on disk, which names the helper and the end of
 * the journal.
 *
 * The helper notes the time by PostgreSQL's clock, then reads the request. Once all entries before the end that the
 * request names are in the database, it vouches for that moment, and a gate may be open on the vouch for `VOUCHED_MS`
 * from that moment. So once that long has passed since the request named an entry, no gate is open on a vouch that
 * ignores the entry; and once that long has passed since the request was removed, no gate is open on any vouch.
 *
 * After a failover the helper may reach another database. A commit of this process is not in that one, so even after a
 * commit this process waits until the gate there takes it into account; and an entry that was brought in there is not
 * in ours.
 */
export class NeighbourHelp {
  readonly #deps: AskingDeps;
  readonly #offers = new RecentChanges();
  readonly #help = new RecentChanges();
  #helper: Helper | undefined;
  #chosenAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isHelped = false;
  /**
   * When the database became well again, and the journal's end at that time: this process drains up to there by
   * itself.
   */
  #well: { readonly end: Position; readonly at: number } | undefined;
  /** The end that the request names, when that end was first written, and the turn of the last write. */
  #noticed = { end: BEGINNING, at: Number.NEGATIVE_INFINITY, turn: 0 };
  /** Until when a helper may have found the request, by the seal of the helper's database. */
  readonly #requested = new Believed();
  /** True when the disk refused the last write. */
  #isMute = false;
  readonly #awaited = new Set<Awaited>();

  constructor(deps: AskingDeps) {
    this.#deps = deps;
  }

  /** True while it asks for help: entries on disk are then left to a helper. */
  get isAsking(): boolean {
    return this.#helper !== undefined;
  }

  /** True while a helper is at work on the entries, or may still begin; false once the database is well. */
  get isHelped(): boolean {
    const isLeft = this.#isHelped || this.#now - this.#askedAt < BEGINS_WITHIN_MS;
    return this.isAsking && this.#well === undefined && isLeft;
  }

  get #now(): number {
    return this.#deps.clock.monotonic();
  }

  /** Begins, continues or stops asking, depending on how the database answers reports and on who offers help. */
  async turn(): Promise<void> {
    const { pace, mayAsk } = this.#deps;
    if (!this.isAsking && !pace.isSlow(this.#now)) return;
    const offering = await this.#offering();
    await this.#readProgress();
    // Nothing is awaited from here on, so that no entry comes between the decision and the request.
    const helper = this.#choose(offering);
    this.#well = pace.isWell(this.#now)
      ? (this.#well ?? { end: this.#deps.end(), at: this.#now })
      : undefined;
    if (!mayAsk() || helper === undefined || (this.isAsking && this.#hasCaughtUp)) this.stop();
    else if (this.isAsking || pace.isSlow(this.#now)) this.#ask(helper);
  }

  /**
   * True once this process can report its own journal as drained: if it stopped asking earlier, the gate would close in
   * between. It also stops after a while, since an entry that the database refuses holds the gate in any case, and this
   * process commits later ones as usual.
   */
  get #hasCaughtUp(): boolean {
    if (this.#well === undefined) return false;
    const isRead = !isBefore(this.#deps.drainedTo(), this.#well.end);
    return isRead || this.#now - this.#well.at >= CATCHES_UP_WITHIN_MS;
  }

  /** Withdraws the request; does nothing when there is none. */
  stop(): void {
    if (this.#helper === undefined) return;
    this.#helper = undefined;
    this.#isHelped = false;
    this.#well = undefined;
    try {
      askNoMore(this.#folder);
      this.#requested.end(this.#now);
    } catch (error) {
      // The helper stops all the same, since the request no longer changes.
      this.#requested.end(this.#now + UNCHANGED_MS);
      this.#deps.log.warn(
        { fault: faultOf(error) },
        'the request for help of this journal cannot be withdrawn',
      );
    }
  }

  /**
   * Resolves once no gate is open on a vouch that ignores an entry: true as soon as a helper has brought it in, false
   * once such vouches have expired. Without a position the entry is not on disk, and nobody is asked any more. Never
   * rejects.
   */
  async takenBack(at: Position | undefined): Promise<boolean> {
    if (at === undefined) this.stop();
    else this.#announce();
    const leftMs = this.#unknownForMs(at, this.#requested.latest);
    if (leftMs <= 0) return false;
    if (at !== undefined) return this.#isBroughtIn(at, leftMs);
    await pause(leftMs);
    return false;
  }

  /**
   * Resolves once no gate of another database is open on a vouch that ignores an entry committed in ours. Never
   * rejects.
   */
  async knownElsewhere(at: Position): Promise<void> {
    if (this.#unknownForMs(at, this.#elsewhereUntil) <= 0) return;
    this.#announce();
    await pause(Math.max(0, this.#unknownForMs(at, this.#elsewhereUntil)));
  }

  /** Returns how much longer a gate may be open that ignores an entry, if no helper finds the request after `until`. */
  #unknownForMs(at: Position | undefined, until: number): number {
    const isNoticed = at !== undefined && isBefore(at, this.#noticed.end);
    return (isNoticed ? Math.min(this.#noticed.at, until) : until) + VOUCHED_MS + MARGIN_MS - this.#now;
  }

  /** Writes the request again if entries were added since it was last written. */
  #announce(): void {
    const isNews = isBefore(this.#noticed.end, this.#deps.end());
    if (this.#helper !== undefined && isNews) this.#ask(this.#helper);
  }

  get #elsewhereUntil(): number {
    return this.#requested.latestBut(this.#deps.sealId());
  }

  async #isBroughtIn(at: Position, withinMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<true>();
    const awaited = { at, resolve };
    this.#awaited.add(awaited);
    try {
      return await inTime(promise, withinMs, false);
    } finally {
      this.#awaited.delete(awaited);
    }
  }

  get #folder() {
    return folderOf(this.#deps.root, this.#deps.processId);
  }

  async #offering(): Promise<readonly Helper[]> {
    const { root, processId } = this.#deps;
    const others = await neighboursOf(root, processId);
    this.#offers.keepOnly(new Set(others.map((one) => one.processId)));
    const offers = await Promise.all(others.map((one) => offerOf(one)));
    return others.flatMap((one, index) => {
      const offer = offers[index];
      const isFresh = this.#offers.isFresh(one.processId, offer?.sign, this.#now);
      return isFresh && offer !== undefined ? { processId: one.processId, sealId: offer.sealId } : [];
    });
  }

  /** Reads the helper's progress from the disk, once for all who wait for their entries. */
  async #readProgress(): Promise<void> {
    const helped = await helpedTo(this.#folder);
    this.#isHelped = this.#help.isFresh(this.#deps.processId, helped?.sign, this.#now);
    // Progress in another database proves nothing about ours, nor does any while a gate there may be open on a vouch.
    const isElsewhere =
      helped?.sealId !== this.#deps.sealId() || this.#elsewhereUntil + VOUCHED_MS + MARGIN_MS > this.#now;
    if (helped === undefined || !this.isAsking || isElsewhere) return;
    for (const { at, resolve } of this.#awaited) if (isBefore(at, helped.to)) resolve(true);
  }

  /** Returns the present helper while it works or may still begin; otherwise the next one, in the order of ids. */
  #choose(offering: readonly Helper[]): Helper | undefined {
    const current = this.#helper?.processId ?? '';
    const isAtWork = this.#isHelped || this.#now - this.#chosenAt < FRESH_MS;
    const same = offering.find(({ processId }) => isAtWork && processId === current);
    return same ?? offering.find(({ processId }) => processId > current) ?? offering[0];
  }

  /** Asks that helper; stops asking if the disk does not take the request. */
  #ask(helper: Helper): void {
    const { log } = this.#deps;
    const before = this.#helper;
    if (before?.processId !== helper.processId) this.#chosenAt = this.#now;
    if (before === undefined) this.#askedAt = this.#now;
    this.#helper = helper;
    this.#requested.record(helper.sealId, Number.POSITIVE_INFINITY);
    try {
      this.#writeRequest(helper);
      this.#requested.endBut(helper.sealId, this.#now);
    } catch (error) {
      this.stop();
      if (!this.#isMute) log.warn({ fault: faultOf(error) }, 'the opt-out journal cannot ask for help');
      this.#isMute = true;
      return;
    }
    this.#isMute = false;
    if (before === undefined)
      log.warn(
        { helper: helper.processId },
        'the database is slow or away: another process of this disk is asked for help',
      );
  }

  #writeRequest({ processId: helper, sealId }: Helper): void {
    const end = this.#deps.end();
    const turn = this.#noticed.turn + 1;
    askForHelp(this.#folder, { helper, sealId, end, turn });
    const isNews = isBefore(this.#noticed.end, end);
    this.#noticed = { end, turn, at: isNews ? this.#now : this.#noticed.at };
  }
}
