/** Until when the database of each seal may believe what was said to it, by this process or of it. */
export class Believed {
  /** By seal, null being the one that was never sealed; monotonic. */
  readonly #until = new Map<string | null, number>();

  /** Until when any may. */
  get latest(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#until.values());
  }

  /** Until when any but that one may. */
  latestBut(sealId: string | null | undefined): number {
    const others = [...this.#until].flatMap(([of, until]) => (of === sealId ? [] : until));
    return Math.max(Number.NEGATIVE_INFINITY, ...others);
  }

  /** Something was said to the database of that seal. */
  said(sealId: string | null, until: number): void {
    this.#until.set(sealId, until);
  }

  /** What was said to that one is taken back. */
  forget(sealId: string | null): void {
    this.#until.delete(sealId);
  }

  /** Nothing more is said from now on, but to that one: what had no end has one. */
  endBut(sealId: string | null | undefined, until: number): void {
    for (const [of, before] of this.#until) if (of !== sealId) this.#until.set(of, Math.min(before, until));
  }

  /** Nothing more is said from now on. */
  end(until: number): void {
    this.endBut(undefined, until);
  }
}
