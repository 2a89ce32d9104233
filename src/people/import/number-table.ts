/** A date of birth as one whole number, by year, month and day. */
const BORN = /^(\d{4})(\d\d)(\d\d)$/;

/** Numbers of nine digits lie in so many pages of bits. */
const PAGE_BITS = 15;
const WORDS = 2 ** PAGE_BITS / 32;

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

  /** Returns the slot of a number, or the free slot for it. */
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

/** A set of whole numbers below 10⁹: four bytes for each at a million, 125 MB for all of them. */
export class NumberSet {
  readonly #pages = new Map<number, Uint32Array>();

  /** Adds a number; whether it was new. */
  add(number: number): boolean {
    const words = this.#pageOf(number >>> PAGE_BITS);
    const at = (number >>> 5) % WORDS;
    const word = words[at] ?? 0;
    const bit = 1 << (number & 31);
    words[at] = word | bit;
    return (word & bit) === 0;
  }

  #pageOf(page: number): Uint32Array {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const made = new Uint32Array(WORDS);
    this.#pages.set(page, made);
    return made;
  }
}

/** The latest date of birth given for each number below 10⁹, in eight to sixteen bytes a number. */
export class YoungestBirths {
  /** A date's digits as one whole number keep its order. */
  readonly #dates = new NumberTable();

  /** Returns `YYYY-MM-DD`; undefined when none was given. */
  get(number: number): string | undefined {
    return this.#dates.get(number)?.toString().padStart(8, '0').replace(BORN, '$1-$2-$3');
  }

  /** Keeps a date of `YYYY-MM-DD` unless a later one is known. */
  tell(number: number, birthDate: string): void {
    const date = Number(birthDate.replaceAll('-', ''));
    if (date > (this.#dates.get(number) ?? 0)) this.#dates.set(number, date);
  }
}
