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
