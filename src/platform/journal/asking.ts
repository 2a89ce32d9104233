import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { VOUCHED_MS } from '../database/gates.ts';
import { inTime } from '../../base/index.ts';
import { faultOf, type Log } from '../log.ts';
import { askForHelp, askNoMore, helpedTo, offerOf, FRESH_MS, RecentChanges } from './neighbours.ts';
import { Believed, type ReportPace } from './gate-report.ts';
import { BEGINNING, isBefore, type Position, folderOf, neighboursOf } from './process-folder.ts';

/** PostgreSQL's clock may be set back by so much, or run slower, while a vouch counts. */
const MARGIN_MS = 400;
/** A helper asked for the first time may be delayed by commits of ours: they end within so long. */
const BEGINS_WITHIN_MS = 5_000;
/** Once its database is well, a process is vouched for so long at most while it reads its own journal. */
const CATCHES_UP_WITHIN_MS = 10_000;
/** A mark that cannot be removed from the disk counts no longer than this for its reader. */
const UNCHANGED_MS = 2 * FRESH_MS;

/** The dependencies of a process that asks for help. */
export interface AskingDeps {
  readonly root: string;
  readonly processId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: ReportPace;
  /** The end of the last entry on disk. */
  readonly end: () => Position;
  /** The position up to which all entries on disk are in the database, as this process knows. */
  readonly drainedTo: () => Position;
  /** True when it may ask: not while it holds the gate for an entry that is not in its folder. */
  readonly mayAsk: () => boolean;
  /** The seal of the database this process reports to: after a failover another process may be on another one. */
  readonly sealId: () => string | null | undefined;
}

/** A process that could help, in the database of a seal. */
interface Helper {
  readonly processId: string;
  readonly sealId: string | null;
}

interface Awaited {
  readonly at: Position;
  readonly resolve: (isIn: true) => void;
}

/**
 * Asks another process of the same disk to bring a journal in and to vouch for it, while this process's database is
 * slow or away. The helper takes PostgreSQL's clock, then reads the mark, and vouches for that moment once
 * everything before the end that the mark gives is in the database. A gate is open on that vouch for `VOUCHED_MS`
 * from that moment. So once that long has passed since the mark named an entry, no gate is open on a vouch that
 * ignores it; and once that long has passed since the mark was removed, no gate is open on any vouch. After a
 * failover the helper may be on another database. A commit of this process in its own database is not in that one,
 * so the gate of that one is waited for after a commit too; and an entry brought in there is not in ours.
 */
export class NeighbourHelp {
  readonly #deps: AskingDeps;
  readonly #offers = new RecentChanges();
  readonly #help = new RecentChanges();
  #helper: Helper | undefined;
  #chosenAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isHelped = false;
  /** The time since which the database is well again, and the journal's end then: up to there this process reads it itself. */
  #well: { readonly end: Position; readonly at: number } | undefined;
  /** The mark's last content, and the time at which it was first written. */
  #noticed = { end: BEGINNING, at: Number.NEGATIVE_INFINITY, turn: 0 };
  /** The moments until which a helper may have found the mark, by seal of its database. */
  readonly #marked = new Believed();
  /** True when the disk refused the last write. */
  #isMute = false;
  readonly #awaited = new Set<Awaited>();

  constructor(deps: AskingDeps) {
    this.#deps = deps;
  }

  /** True when it asks for help: entries on disk are left to a helper. */
  get isAsking(): boolean {
    return this.#helper !== undefined;
  }

  /** True when entries are left to a helper that was active just now or may still begin; false once the database is well. */
  get isHelped(): boolean {
    const isLeft = this.#isHelped || this.#now - this.#askedAt < BEGINS_WITHIN_MS;
    return this.isAsking && this.#well === undefined && isLeft;
  }

  get #now(): number {
    return this.#deps.clock.monotonic();
  }

  /** Starts asking, goes on, or ends, by the answers to its reports and the offers of others. */
  async turn(): Promise<void> {
    const { pace, mayAsk } = this.#deps;
    if (!this.isAsking && !pace.isSlow(this.#now)) return;
    const near = await this.#near();
    await this.#look();
    // From here on nothing waits: only the mark decides.
    const helper = this.#chosenOf(near);
    this.#well = pace.isWell(this.#now)
      ? (this.#well ?? { end: this.#deps.end(), at: this.#now })
      : undefined;
    if (!mayAsk() || helper === undefined || (this.isAsking && this.#hasCaughtUp)) this.stop();
    else if (this.isAsking || pace.isSlow(this.#now)) this.#ask(helper);
  }

  /**
   * A helper vouches until this process can: in between the gate would be shut. An entry that the database refuses
   * holds the gate in any case, and later ones are committed by this process as usual.
   */
  get #hasCaughtUp(): boolean {
    if (this.#well === undefined) return false;
    const isRead = !isBefore(this.#deps.drainedTo(), this.#well.end);
    return isRead || this.#now - this.#well.at >= CATCHES_UP_WITHIN_MS;
  }

  /** Forgets its helper; does nothing without one. */
  stop(): void {
    if (this.#helper === undefined) return;
    this.#helper = undefined;
    this.#isHelped = false;
    this.#well = undefined;
    try {
      askNoMore(this.#folder);
      this.#marked.end(this.#now);
    } catch (error) {
      // The helper ends as well, since the mark no longer changes.
      this.#marked.end(this.#now + UNCHANGED_MS);
      this.#deps.log.warn(
        { fault: faultOf(error) },
        'the request for help of this journal cannot be withdrawn',
      );
    }
  }

  /**
   * Resolves once no gate is open on a statement of others that ignores an entry; true as soon as one of them has
   * brought it in. Without a position, the entry is on no disk: nobody is asked any more. Never rejects.
   */
  async takenBack(at: Position | undefined): Promise<boolean> {
    if (at === undefined) this.stop();
    else this.#tellNow();
    const left = this.#unknownFor(at, this.#marked.latest);
    if (left <= 0) return false;
    if (at !== undefined) return this.#broughtIn(at, left);
    await pause(left);
    return false;
  }

  /** Resolves once no gate of another database is open on a statement of others that ignores an entry in ours. Never rejects. */
  async knownElsewhere(at: Position): Promise<void> {
    if (this.#unknownFor(at, this.#elsewhereUntil) <= 0) return;
    this.#tellNow();
    await pause(Math.max(0, this.#unknownFor(at, this.#elsewhereUntil)));
  }

  /** Returns how much longer a gate may be open that ignores an entry, when nobody found the mark after that moment. */
  #unknownFor(at: Position | undefined, until: number): number {
    const isNoticed = at !== undefined && isBefore(at, this.#noticed.end);
    return (isNoticed ? Math.min(this.#noticed.at, until) : until) + VOUCHED_MS + MARGIN_MS - this.#now;
  }

  /** Updates the mark with entries since the last look. */
  #tellNow(): void {
    const isNews = isBefore(this.#noticed.end, this.#deps.end());
    if (this.#helper !== undefined && isNews) this.#ask(this.#helper);
  }

  get #elsewhereUntil(): number {
    return this.#marked.latestBut(this.#deps.sealId());
  }

  async #broughtIn(at: Position, withinMs: number): Promise<boolean> {
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

  async #near(): Promise<readonly Helper[]> {
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

  /** One look at the disk serves everybody who waits. */
  async #look(): Promise<void> {
    const helped = await helpedTo(this.#folder);
    this.#isHelped = this.#help.isFresh(this.#deps.processId, helped?.sign, this.#now);
    // An entry in another database, or believed there, proves nothing about our own.
    const isElsewhere =
      helped?.sealId !== this.#deps.sealId() || this.#elsewhereUntil + VOUCHED_MS + MARGIN_MS > this.#now;
    if (helped === undefined || !this.isAsking || isElsewhere) return;
    for (const { at, resolve } of this.#awaited) if (isBefore(at, helped.to)) resolve(true);
  }

  /** Returns the same helper while it helps, or may still begin to; else the next. */
  #chosenOf(near: readonly Helper[]): Helper | undefined {
    const current = this.#helper?.processId ?? '';
    const isAtWork = this.#isHelped || this.#now - this.#chosenAt < FRESH_MS;
    const same = near.find(({ processId }) => isAtWork && processId === current);
    return same ?? near.find(({ processId }) => processId > current) ?? near[0];
  }

  /** Writes the mark: the helper, the end to read, and a sign of life. */
  #ask(helper: Helper): void {
    const { log } = this.#deps;
    const before = this.#helper;
    if (before?.processId !== helper.processId) this.#chosenAt = this.#now;
    if (before === undefined) this.#askedAt = this.#now;
    this.#helper = helper;
    this.#marked.said(helper.sealId, Number.POSITIVE_INFINITY);
    try {
      this.#tell(helper);
      this.#marked.endBut(helper.sealId, this.#now);
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

  #tell({ processId: helper, sealId }: Helper): void {
    const end = this.#deps.end();
    const turn = this.#noticed.turn + 1;
    askForHelp(this.#folder, { helper, sealId, end, turn });
    const isNews = isBefore(this.#noticed.end, end);
    this.#noticed = { end, turn, at: isNews ? this.#now : this.#noticed.at };
  }
}
