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
