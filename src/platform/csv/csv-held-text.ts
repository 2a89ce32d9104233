const NEWLINE = 0x0a;

/** A text on its way through: little of it is in memory. */
export class HeldText {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #most: number;
  #room: Buffer = Buffer.alloc(0);
  /** Where in the room what was not dropped begins, and where it ends. */
  #from = 0;
  #to = 0;

  constructor(pieces: AsyncIterable<Buffer>, most: number) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#most = most;
  }

  /** Where the first line ends, when all of it is here. */
  get firstEnd(): number | undefined {
    const end = this.#newlineFrom(0);
    return end === undefined || end > this.#most ? undefined : end;
  }

  /** Where the line that holds `from` ends, its `\n` included; `from` itself at the end, nothing when it is too long. */
  async lineEnd(from: number): Promise<number | undefined> {
    let looked = from;
    for (;;) {
      const found = this.#newlineFrom(looked);
      const end = found ?? this.#held;
      if (end > this.#most) return undefined;
      if (found !== undefined) return end;
      looked = end;
      if (!(await this.#pull())) return end;
    }
  }

  /** What stands before a place, without a last `\n`. */
  read(end: number): string {
    const to = this.#from + end;
    return this.#room.toString('utf8', this.#from, this.#room[to - 1] === NEWLINE ? to - 1 : to);
  }

  /** Forgets what stands before a place. */
  drop(end: number): void {
    this.#from += end;
  }

  /** Forgets a line of any length without holding it; answers its bytes. */
  async skipLine(): Promise<number> {
    let bytes = 0;
    for (;;) {
      const found = this.#newlineFrom(0);
      const end = found ?? this.#held;
      bytes += end;
      this.drop(end);
      if (found !== undefined || !(await this.#pull())) return bytes;
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  get #held(): number {
    return this.#to - this.#from;
  }

  /** The end of the first line that ends behind a place. */
  #newlineFrom(place: number): number | undefined {
    const at = this.#room.indexOf(NEWLINE, this.#from + place);
    return at === -1 || at >= this.#to ? undefined : at + 1 - this.#from;
  }

  async #pull(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    if (this.#held === 0) [this.#room, this.#from, this.#to] = [next.value, 0, next.value.length];
    else this.#append(next.value);
    return true;
  }

  /** Small pieces of a long line are each copied twice, not as often as more of them come. */
  #append(piece: Buffer): void {
    if (this.#to + piece.length > this.#room.length) {
      const wider = Buffer.allocUnsafe(2 * (this.#held + piece.length));
      this.#to = this.#room.copy(wider, 0, this.#from, this.#to);
      [this.#room, this.#from] = [wider, 0];
    }
    this.#to += piece.copy(this.#room, this.#to);
  }
}
