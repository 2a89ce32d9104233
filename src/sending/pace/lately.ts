/** A second is counted in slots. */
const SLOT_MS = 20;
const SLOTS = 50;

/** How much happened within the last second, or a slot less. */
export class Lately {
  readonly #bySlot = new Map<number, number>();

  add(count: number, now: number): void {
    const slot = slotOf(now);
    this.#bySlot.set(slot, (this.#bySlot.get(slot) ?? 0) + count);
    for (const old of this.#bySlot.keys()) {
      if (old > slot - SLOTS) break;
      this.#bySlot.delete(old);
    }
  }

  sum(now: number): number {
    const slot = slotOf(now);
    return [...this.#bySlot].reduce((sum, [at, count]) => sum + (at > slot - SLOTS ? count : 0), 0);
  }
}

const slotOf = (now: number): number => Math.floor(now / SLOT_MS);
