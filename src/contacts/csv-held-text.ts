const NEWLINE = 0x0a;

/** A text on its way through: little of it is in memory. */
export class HeldText {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #most: number;
  #held: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Buffer>, most: number) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#most = most;
  }

  /** Where the line that holds `from` ends, its `\n` included; `from` itself at the end, nothing when it is too long. */
  async lineEnd(from: number): Promise<number | undefined> {
    let looked = from;
    for (;;) {
      const at = this.#held.indexOf(NEWLINE, looked);
      const end = at === -1 ? this.#held.length : at + 1;
      if (end > this.#most) return undefined;
      if (at !== -1) return end;
      looked = end;
      if (!(await this.#pull())) return end;
    }
  }

  /** What stands before a place, without a last `\n`. */
  read(end: number): string {
    return this.#held.toString('utf8', 0, this.#held[end - 1] === NEWLINE ? end - 1 : end);
  }

  /** Forgets what stands before a place. */
  drop(end: number): void {
    this.#held = this.#held.subarray(end);
  }

  /** Forgets a line of any length without holding it; answers its bytes. */
  async skipLine(): Promise<number> {
    let bytes = 0;
    for (;;) {
      const at = this.#held.indexOf(NEWLINE);
      const end = at === -1 ? this.#held.length : at + 1;
      bytes += end;
      this.drop(end);
      if (at !== -1 || !(await this.#pull())) return bytes;
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #pull(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    return true;
  }
}
