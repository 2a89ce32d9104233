const FIRST_SLOTS = 1_024;
/** 2³² over the golden ratio: spreads numbers that follow each other. */
const SPREAD = 0x9e3779b1;

/** A whole number below 2³² for each of many below 10⁹, in eight to sixteen bytes each. */
export class NumberTable {
  #size = 0;
  /** A number plus one, so that 0 is nothing. */
  #numbers = new Uint32Array(FIRST_SLOTS);
  #values = new Uint32Array(FIRST_SLOTS);

  get size(): number {
    return this.#size;
  }

  get(number: number): number | undefined {
    const slot = this.#slotOf(number);
    return this.#numbers[slot] === 0 ? undefined : this.#values[slot];
  }

  set(number: number, value: number): void {
    if (this.#size * 2 >= this.#numbers.length) this.#grow();
    const slot = this.#slotOf(number);
    if (this.#numbers[slot] === 0) this.#size += 1;
    this.#numbers[slot] = number + 1;
    this.#values[slot] = value;
  }

  /** Where a number is, or would be. */
  #slotOf(number: number): number {
    const mask = this.#numbers.length - 1;
    let slot = (Math.imul(number, SPREAD) >>> 1) & mask;
    while (this.#numbers[slot] !== 0 && this.#numbers[slot] !== number + 1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [numbers, values] = [this.#numbers, this.#values];
    this.#numbers = new Uint32Array(numbers.length * 2);
    this.#values = new Uint32Array(numbers.length * 2);
    for (const [slot, kept] of numbers.entries()) {
      if (kept === 0) continue;
      const free = this.#slotOf(kept - 1);
      this.#numbers[free] = kept;
      this.#values[free] = values[slot] ?? 0;
    }
  }
}
