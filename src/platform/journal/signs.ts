/** What has not changed for so long, nobody works at any more. */
export const FRESH_MS = 1_500;

interface Seen {
  readonly sign: string | undefined;
  /** Both monotonic. */
  readonly lookedAt: number;
  readonly changedAt: number;
}

/** Which of several things somebody works at now, by signs that change while they do. */
export class Signs {
  readonly #seen = new Map<string, Seen>();

  /**
   * Notes what stands there now; answers whether it was seen to change lately.
   *
   * A change counts only between two looks of which the first was lately too: what changed before may be of yesterday.
   */
  isFresh(of: string, sign: string | undefined, now: number): boolean {
    const before = this.#seen.get(of);
    const isChange = before !== undefined && before.sign !== sign && now - before.lookedAt <= FRESH_MS;
    const changedAt = isChange ? now : (before?.changedAt ?? Number.NEGATIVE_INFINITY);
    this.#seen.set(of, { sign, lookedAt: now, changedAt });
    return now - changedAt <= FRESH_MS;
  }

  /** Forgets whatever is not among these. */
  keepOnly(these: ReadonlySet<string>): void {
    for (const one of this.#seen.keys()) if (!these.has(one)) this.#seen.delete(one);
  }
}
