import { setTimeout as pause } from 'node:timers/promises';
import { instant, type Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import { BELIEVED_MS } from '../database/gates.ts';
import {
  readGround,
  reportJournal,
  type DrainedStatement,
  type Ground,
  type ReportAnswer,
} from '../database/process.repository.ts';

export interface GateReportDeps {
  /** A connection of its own: a busy process must not look like a dead one. */
  readonly database: Database;
  readonly clock: Clock;
  readonly processId: string;
  /** The seal of the database that has every acknowledged entry; undefined while one is owed. */
  readonly drainedInto: () => string | null | undefined;
}

/** The last reading of PostgreSQL's clock, with our own at that moment. */
interface Asked {
  readonly databaseMs: number;
  readonly at: number;
}

/**
 * Reports to the database whether this process's journal is drained; the gate is open while a recent report says
 * so. A report states the moment at which it was made, by PostgreSQL's own clock: one carried out late, by a server
 * that was frozen, is already too old to count.
 */
export class GateReport {
  readonly pace: ReportPace;
  readonly #deps: GateReportDeps;
  readonly #startedAt: string;
  #report = 0;
  #asked: Asked | undefined;
  readonly #believed = new Believed();
  #telling: Promise<unknown> = Promise.resolve();
  #takingBack: Promise<void> | undefined;

  constructor(deps: GateReportDeps) {
    this.#deps = deps;
    this.pace = new ReportPace(deps.clock.monotonic());
    this.#startedAt = instant(deps.clock.machine()).toISO();
  }

  /** Asks for PostgreSQL's clock and for the seal; registers nothing. */
  async ask(): Promise<Ground | undefined> {
    const { database, clock } = this.#deps;
    const ground = await database.outside(readGround);
    if (ground !== undefined) this.#asked = { databaseMs: ground.databaseMs, at: clock.monotonic() };
    return ground;
  }

  /** Sends a report, one after the other; undefined when a later one was faster. */
  tell(): Promise<ReportAnswer | undefined> {
    const answered = this.#telling.then(() => this.#timed());
    this.#telling = answered.catch(() => undefined);
    return answered;
  }

  /** Resolves once no gate is open on a report of this process: it was withdrawn, or has expired. */
  async takenBack(): Promise<void> {
    // A report under way may have been made before the entry came that has to be known now.
    while (this.#believedMs > 0) {
      this.#takingBack ??= this.#takeBack().finally(() => {
        this.#takingBack = undefined;
      });
      await this.#takingBack;
      const sealId = this.#deps.drainedInto();
      if (sealId !== undefined) return this.overElsewhere(sealId);
    }
  }

  /** Resolves once no gate of another database than that of a seal is open on a report of this process. */
  async overElsewhere(sealId: string | null | undefined): Promise<void> {
    const leftMs = this.#believed.latestBut(sealId) - this.#deps.clock.monotonic();
    if (leftMs > 0) await pause(leftMs);
  }

  /** Milliseconds for which this process still counts as drained. */
  get #believedMs(): number {
    return this.#believed.latest - this.#deps.clock.monotonic();
  }

  async #takeBack(): Promise<void> {
    const early = new AbortController();
    const expired = pause(this.#believedMs, undefined, { signal: early.signal }).catch(() => undefined);
    // While the database is away, a report ends only by time, as it does in a database that this process no longer
    // reaches.
    const answered = this.tell().then(
      (answer) => (answer === undefined ? undefined : this.overElsewhere(answer.sealId)),
      () => expired,
    );
    await Promise.race([answered, expired]);
    early.abort();
  }

  async #timed(): Promise<ReportAnswer | undefined> {
    const { clock } = this.#deps;
    const began = clock.monotonic();
    let isAnswered = false;
    try {
      const answer = await this.#tell();
      isAnswered = true;
      return answer;
    } finally {
      this.pace.ended({ began, at: clock.monotonic(), isAnswered });
    }
  }

  async #tell(): Promise<ReportAnswer | undefined> {
    const { database, clock, processId } = this.#deps;
    const at = clock.monotonic();
    const drained = this.#drainedAt(at);
    this.#report += 1;
    const answer = await database.outside((tx) => {
      // Only a report that reaches the server can be believed: without a connection nothing was reported.
      if (drained !== null) this.#believed.said(drained.sealId, at + BELIEVED_MS);
      return reportJournal(tx, {
        id: processId,
        startedAt: this.#startedAt,
        at: instant(clock.machine()).toISO(),
        report: this.#report,
        drained,
      });
    });
    if (answer === undefined) return undefined;
    this.#asked = { databaseMs: answer.databaseMs, at: clock.monotonic() };
    if (drained === null) this.#believed.forget(answer.sealId);
    return answer;
  }

  #drainedAt(at: number): DrainedStatement | null {
    const sealId = this.#deps.drainedInto();
    if (this.#asked === undefined || sealId === undefined) return null;
    return { sealId, atMs: this.#asked.databaseMs + at - this.#asked.at };
  }
}

/** The moments until which the database of each seal may rely on a statement, made by this process or about it. */
export class Believed {
  /** By seal, null being the one that was never sealed; monotonic. */
  readonly #until = new Map<string | null, number>();

  /** The latest moment until which any database may rely on it. */
  get latest(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#until.values());
  }

  /** The same, for all databases but one. */
  latestBut(sealId: string | null | undefined): number {
    const others = [...this.#until].flatMap(([of, until]) => (of === sealId ? [] : until));
    return Math.max(Number.NEGATIVE_INFINITY, ...others);
  }

  /** Records a statement to the database of that seal. */
  said(sealId: string | null, until: number): void {
    this.#until.set(sealId, until);
  }

  /** Withdraws the statement to one database. */
  forget(sealId: string | null): void {
    this.#until.delete(sealId);
  }

  /** Ends the statements to all other databases: one without an end gets this one. */
  endBut(sealId: string | null | undefined, until: number): void {
    for (const [of, before] of this.#until) if (of !== sealId) this.#until.set(of, Math.min(before, until));
  }

  /** Ends all statements. */
  end(until: number): void {
    this.endBut(undefined, until);
  }
}

/** A report answered within it is fast: at such a speed an opt-out is committed before its operator gives up. */
const FAST_MS = 400;

/** Without a fast answer for so long, two reports long, the database is slow or away for this process. */
const SLOW_AFTER_MS = 1_000;

/** Without a slow answer for so long, it is well again. */
const WELL_AFTER_MS = 4_000;

/** While it is well, the last fast answer is never older. */
const RECENT_MS = 1_000;

/** Without any answer for so long, it is away; with a fast one within it, this process can still help others. */
const AWAY_AFTER_MS = 3_000;

/** The pace of the answers to a process's reports: it shows whether the database is slow or away, at least for this process. */
export class ReportPace {
  #fastAt: number;
  #answeredAt: number;
  #slowAt = Number.NEGATIVE_INFINITY;

  /** All times are monotonic milliseconds. */
  constructor(now: number) {
    this.#fastAt = this.#answeredAt = now;
  }

  /** Notes that a report was answered, or failed. */
  ended({ began, at, isAnswered }: { began: number; at: number; isAnswered: boolean }): void {
    if (isAnswered) this.#answeredAt = at;
    if (isAnswered && at - began <= FAST_MS) this.#fastAt = at;
    else this.#slowAt = at;
  }

  isSlow(now: number): boolean {
    return now - this.#fastAt > SLOW_AFTER_MS;
  }

  isWell(now: number): boolean {
    return now - this.#fastAt <= RECENT_MS && this.#fastAt - this.#slowAt >= WELL_AFTER_MS;
  }

  isFit(now: number): boolean {
    return now - this.#fastAt <= AWAY_AFTER_MS;
  }

  isAway(now: number): boolean {
    return now - this.#answeredAt > AWAY_AFTER_MS;
  }
}
