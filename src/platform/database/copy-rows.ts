/** Milliseconds from 1970 to 2000, the epoch of PostgreSQL. */
const EPOCH_MS = 946_684_800_000;
const EPOCH_DAYS = 10_957;
const DAY_MS = 86_400_000;
const HIGH_WORD = 2 ** 32;

const HYPHEN = 0x2d;

/** Code points from here on take more than one byte. */
const ASCII_END = 0x80;

/** A text of at most so many characters is written faster by this code than by the runtime. */
const SHORT = 40;

/** The value of one hexadecimal digit, of either case. */
function digit(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code < 0x3a ? code - 0x30 : (code & 0xdf) - 0x37;
}

/** Thrown for a value that its column cannot hold; nothing is written. */
class ColumnOutOfRange extends Error {
  override readonly name = 'ColumnOutOfRange';
}

/** Columns in the format of COPY … WITH (FORMAT binary), one after another. */
export class CopyColumns {
  #bytes: Buffer;
  #at = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(1_024, expectedBytes));
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#at;
  }

  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Appends NULL. */
  none(): this {
    this.#ensureSpace(4);
    this.#int32(-1);
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

  bytes(value: Uint8Array): this {
    this.#size(value.length);
    return this.framed(value);
  }

  /** Appends bytes from their hexadecimal text. */
  hex(value: string): this {
    this.#size(value.length / 2);
    for (let place = 0; place < value.length; place += 2)
      this.#bytes[this.#at++] = (digit(value, place) << 4) | digit(value, place + 1);
    return this;
  }

  text(value: string): this {
    return this.#shortText(value) ? this : this.#anyText(value);
  }

  textOrNone(value: string | null): this {
    return value === null ? this.none() : this.text(value);
  }

  int(value: number): this {
    if ((value | 0) !== value) throw new ColumnOutOfRange('neither 32 bits nor whole');
    this.#size(4);
    this.#int32(value);
    return this;
  }

  boolean(value: boolean): this {
    this.#size(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
    return this;
  }

  instant(ms: number): this {
    const microseconds = (ms - EPOCH_MS) * 1_000;
    if (!Number.isSafeInteger(microseconds)) throw new ColumnOutOfRange('no instant of whole milliseconds');
    this.#size(8);
    const high = Math.floor(microseconds / HIGH_WORD);
    this.#int32(high);
    this.#int32(microseconds - high * HIGH_WORD);
    return this;
  }

  date(on: string): this {
    return this.int(Date.parse(`${on}T00:00:00Z`) / DAY_MS - EPOCH_DAYS);
  }

  /** Appends columns that are already in this format. */
  framed(bytes: Uint8Array): this {
    this.#ensureSpace(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** Appends the number of columns, which begins a row. */
  count(columns: number): this {
    this.#ensureSpace(2);
    this.#bytes[this.#at++] = columns >> 8;
    this.#bytes[this.#at++] = columns;
    return this;
  }

  #shortText(value: string): boolean {
    const { length } = value;
    if (length > SHORT) return false;
    this.#ensureSpace(4 + length);
    const from = this.#at;
    this.#int32(length);
    for (let place = 0; place < length; place += 1) {
      const code = value.charCodeAt(place);
      if (code >= ASCII_END) {
        this.#at = from;
        return false;
      }
      this.#bytes[this.#at++] = code;
    }
    return true;
  }

  #anyText(value: string): this {
    const length = Buffer.byteLength(value);
    this.#size(length);
    this.#at += this.#bytes.write(value, this.#at, length, 'utf8');
    return this;
  }

  #size(size: number): void {
    this.#ensureSpace(4 + size);
    this.#int32(size);
  }

  #int32(value: number): void {
    this.#bytes[this.#at++] = value >>> 24;
    this.#bytes[this.#at++] = value >>> 16;
    this.#bytes[this.#at++] = value >>> 8;
    this.#bytes[this.#at++] = value;
  }

  #ensureSpace(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more));
    this.#bytes.copy(wider, 0, 0, this.#at);
    this.#bytes = wider;
  }
}

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\u00FF\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** Rows in the format of COPY … WITH (FORMAT binary), each column in the order of the table. */
export class CopyRows extends CopyColumns {
  #rows = 0;
  #whole: Buffer | undefined;

  constructor(expectedBytes: number) {
    super(expectedBytes);
    this.framed(HEADER);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Begins a row of that many columns. */
  row(columns: number): this {
    this.#rows += 1;
    return this.count(columns);
  }

  /** Returns the complete input of one COPY; nothing is written after it. */
  whole(): Buffer {
    return (this.#whole ??= this.framed(TRAILER).written);
  }
}
