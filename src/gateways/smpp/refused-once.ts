/** Messages remembered, at most: the oldest is tried once more. */
const MOST = 10_000;

/** Messages that an operator refused without a reason: once that may pass, twice it does not. */
export class RefusedOnce {
  readonly #known = new Set<string>();

  /** Notes a refusal; answers whether it is the second of that message. */
  isAgain(reference: string): boolean {
    if (this.#known.delete(reference)) return true;
    this.#known.add(reference);
    const [oldest] = this.#known;
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    return false;
  }
}
