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
