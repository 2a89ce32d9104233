/** Microseconds from 1970 to the year 2000, from which PostgreSQL counts. */
const EPOCH_US = 946_684_800_000_000n;
const EPOCH_DAYS = 10_957;
const DAY_MS = 86_400_000;
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\u00FF\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

const HYPHEN = 0x2d;

/** The value of one hexadecimal digit, of either case. */
function digit(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code < 0x3a ? code - 0x30 : (code & 0xdf) - 0x37;
}

/** Rows for COPY … WITH (FORMAT binary), written column after column in the order of the table. */
export class CopyRows {
  #bytes: Buffer;
  #at: number;
  #rows = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(1_024, expectedBytes));
    this.#at = HEADER.copy(this.#bytes);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Begins a row of that many columns. */
  row(columns: number): this {
    this.#room(2);
    this.#at = this.#bytes.writeInt16BE(columns, this.#at);
    this.#rows += 1;
    return this;
  }

  none(): this {
    this.#room(4);
    this.#at = this.#bytes.writeInt32BE(-1, this.#at);
    return this;
  }

  uuid(id: string): this {
    this.#size(16);
    for (let place = 0; place < id.length; place += 2) {
      if (id.charCodeAt(place) === HYPHEN) place += 1;
      this.#bytes[this.#at++] = (digit(id, place) << 4) | digit(id, place + 1);
    }
    return this;
  }

  bytes(value: Buffer): this {
    this.#size(value.length);
    this.#at += value.copy(this.#bytes, this.#at);
    return this;
  }

  /** Bytes given in hexadecimal. */
  hex(value: string): this {
    this.#size(value.length / 2);
    for (let place = 0; place < value.length; place += 2)
      this.#bytes[this.#at++] = (digit(value, place) << 4) | digit(value, place + 1);
    return this;
  }

  text(value: string): this {
    const length = Buffer.byteLength(value);
    this.#size(length);
    this.#at += this.#bytes.write(value, this.#at, length, 'utf8');
    return this;
  }

  textOrNone(value: string | null): this {
    return value === null ? this.none() : this.text(value);
  }

  int(value: number): this {
    this.#size(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
    return this;
  }

  boolean(value: boolean): this {
    this.#size(1);
    this.#at = this.#bytes.writeUInt8(value ? 1 : 0, this.#at);
    return this;
  }

  /** An instant of whole milliseconds since 1970. */
  instant(ms: number): this {
    this.#size(8);
    this.#at = this.#bytes.writeBigInt64BE(BigInt(ms) * 1_000n - EPOCH_US, this.#at);
    return this;
  }

  /** A date as `YYYY-MM-DD`. */
  date(on: string): this {
    return this.int(Date.parse(`${on}T00:00:00Z`) / DAY_MS - EPOCH_DAYS);
  }

  /** All of it, as one COPY takes it. */
  whole(): Buffer {
    this.#room(TRAILER.length);
    const end = this.#at + TRAILER.copy(this.#bytes, this.#at);
    return this.#bytes.subarray(0, end);
  }

  #size(size: number): void {
    this.#room(4 + size);
    this.#at = this.#bytes.writeInt32BE(size, this.#at);
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more));
    this.#bytes.copy(wider, 0, 0, this.#at);
    this.#bytes = wider;
  }
}
