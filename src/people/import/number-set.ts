/** Numbers of nine digits lie in so many pages of bits. */
const PAGE_BITS = 15;
const WORDS = 2 ** PAGE_BITS / 32;

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
