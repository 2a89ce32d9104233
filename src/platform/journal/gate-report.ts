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

/** The last reading of PostgreSQL's clock, and our monotonic clock at that moment. */
interface ClockReading {
  readonly databaseMs: number;
  readonly at: number;
}

/**
 * Reports to the database whether this process's journal is drained; the gate is open while a recent report says so. A
 * report names the moment at which it was made, by PostgreSQL's own clock: one that a frozen server stores late is
 * already too old to count.
 */
export class GateReport {
  readonly pace: ReportPace;
  readonly #deps: GateReportDeps;
  readonly #startedAt: string;
  #report = 0;
  #clockReading: ClockReading | undefined;
  readonly #believed = new Believed();
  #telling: Promise<unknown> = Promise.resolve();
  #takingBack: Promise<void> | undefined;

  constructor(deps: GateReportDeps) {
    this.#deps = deps;
    this.pace = new ReportPace(deps.clock.monotonic());
    this.#startedAt = instant(deps.clock.machine()).toISO();
  }

  /** Reads PostgreSQL's clock and the seal, without registering this process. */
  async ask(): Promise<Ground | undefined> {
    const { database, clock } = this.#deps;
    const ground = await database.outside(readGround);
    if (ground !== undefined) this.#clockReading = { databaseMs: ground.databaseMs, at: clock.monotonic() };
    return ground;
  }

  /**
   * Sends a report after those before it have been answered; returns undefined when the database already has a later
   * one.
   */
  tell(): Promise<ReportAnswer | undefined> {
    const answered = this.#telling.then(() => this.#timed());
    this.#telling = answered.catch(() => undefined);
    return answered;
  }

  /** Resolves once no gate is open on a report of this process: its report was withdrawn, or has expired. */
  async takenBack(): Promise<void> {
    // Again, since a report under way may have been made before the entry that must be taken into account arrived.
    while (this.#believedMs > 0) {
      this.#takingBack ??= this.#takeBack().finally(() => {
        this.#takingBack = undefined;
      });
      await this.#takingBack;
      const sealId = this.#deps.drainedInto();
      if (sealId !== undefined) return this.overElsewhere(sealId);
    }
  }

  /** Resolves once no gate is open on a report of this process in any database but the one of that seal. */
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
    // In a database that this process cannot reach, a report only ends by expiry.
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
      // Recorded once there is a connection: a report that never reached the server opens no gate.
      if (drained !== null) this.#believed.record(drained.sealId, at + BELIEVED_MS);
      return reportJournal(tx, {
        id: processId,
        startedAt: this.#startedAt,
        at: instant(clock.machine()).toISO(),
        report: this.#report,
        drained,
      });
    });
    if (answer === undefined) return undefined;
    this.#clockReading = { databaseMs: answer.databaseMs, at: clock.monotonic() };
    if (drained === null) this.#believed.forget(answer.sealId);
    return answer;
  }

  #drainedAt(at: number): DrainedStatement | null {
    const sealId = this.#deps.drainedInto();
    if (this.#clockReading === undefined || sealId === undefined) return null;
    return { sealId, atMs: this.#clockReading.databaseMs + at - this.#clockReading.at };
  }
}

/** Until when the gate of each database, named by its seal, may be open on a statement about this process's journal. */
export class Believed {
  /** Monotonic milliseconds by seal; null is the database that was never sealed. */
  readonly #until = new Map<string | null, number>();

  /** The latest of these moments. */
  get latest(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#until.values());
  }

  /** The latest of these moments in all databases but one. */
  latestBut(sealId: string | null | undefined): number {
    const others = [...this.#until].flatMap(([of, until]) => (of === sealId ? [] : until));
    return Math.max(Number.NEGATIVE_INFINITY, ...others);
  }

  /** Records a statement in the database of that seal. */
  record(sealId: string | null, until: number): void {
    this.#until.set(sealId, until);
  }

  /** Forgets a statement that the database of that seal no longer has. */
  forget(sealId: string | null): void {
    this.#until.delete(sealId);
  }

  /** Lets the statements in all other databases end at that moment, unless they end earlier. */
  endBut(sealId: string | null | undefined, until: number): void {
    for (const [of, before] of this.#until) if (of !== sealId) this.#until.set(of, Math.min(before, until));
  }

  /** Lets all statements end at that moment, unless they end earlier. */
  end(until: number): void {
    this.endBut(undefined, until);
  }
}

/** An answer within this time is fast: at such a speed an opt-out is committed before its operator gives up. */
const FAST_MS = 400;

/** After so long without a fast answer, which is two reports, the database is slow or away for this process. */
const SLOW_AFTER_MS = 1_000;

/** After so long without a slow answer the database is well again. */
const WELL_AFTER_MS = 4_000;

/** While the database is well, the last fast answer is not older than this. */
const RECENT_MS = 1_000;

/**
 * After so long without any answer the database is away; a process with a fast answer within this time can help
 * others.
 */
const AWAY_AFTER_MS = 3_000;

/**
 * How fast the database answers this process's reports: it shows whether the database is slow or away for this
 * process.
 */
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

  /** Says whether this process should ask another one for help. */
  isSlow(now: number): boolean {
    return now - this.#fastAt > SLOW_AFTER_MS;
  }

  /** Says whether this process can do without help again. */
  isWell(now: number): boolean {
    return now - this.#fastAt <= RECENT_MS && this.#fastAt - this.#slowAt >= WELL_AFTER_MS;
  }

  /** Says whether this process can help others. */
  isFit(now: number): boolean {
    return now - this.#fastAt <= AWAY_AFTER_MS;
  }

  /** Says whether the database has stopped answering this process. */
  isAway(now: number): boolean {
    return now - this.#answeredAt > AWAY_AFTER_MS;
  }
}
