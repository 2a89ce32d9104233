import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { handsetOf, type LogRecord } from './log-record.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = Buffer.from('bonheure/sandbox-log/1');

export interface LogLine extends LinePlace {
  readonly record: LogRecord;
}

/** Thrown when the log cannot be read with this key, or no longer be written. */
class OperatorLogUnusable extends Error {
  override readonly name = 'OperatorLogUnusable';
}

interface LogSettings {
  readonly path: string;
  readonly key: KeyObject;
  readonly index?: RecentIndex;
  /** Called with each line that became durable, and at start with the newest ones. */
  readonly onDurable?: (line: LogLine) => void;
}

/** Longer than any line: the body of a request is bounded to an eighth of it. */
const PAGE_BYTES = 131_072;

/** About 100,000 lines are indexed again at start, in well under a second. */
const REINDEXED_BYTES = 33_554_432;

const NEWLINE = 0x0a;

/** The requests that an operator received: append-only, encrypted, and durable before any answer. */
export class OperatorLog {
  readonly #file: FileHandle;
  readonly #key: KeyObject;
  readonly #index: RecentIndex;
  readonly #onDurable: (line: LogLine) => void;
  #size = 0;
  #waiting: { record: LogRecord; line: Buffer; resolve: () => void; reject: (error: Error) => void }[] = [];
  #flushing: Promise<void> | undefined;
  #broken: Error | undefined;

  private constructor(file: FileHandle, settings: LogSettings) {
    this.#file = file;
    this.#key = settings.key;
    this.#index = settings.index ?? new RecentIndex();
    this.#onDurable = settings.onDurable ?? (() => {});
  }

  /** Opens or makes the log, and drops an incomplete last line, since it was never answered. */
  static async open(settings: LogSettings): Promise<OperatorLog> {
    const file = await open(settings.path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const log = new OperatorLog(file, settings);
    try {
      await log.#recover((await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
    return log;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends a line; resolves once it is on disk; lines that come together share one flush. */
  append(record: LogRecord): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, line: sealLine(this.#key, record), resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Reads lines from an offset on, as many as one read holds, with the next offset. */
  async page(offset: number): Promise<{ lines: LogLine[]; next: number }> {
    const bytes = await this.#read(offset, Math.min(PAGE_BYTES, this.#size - offset));
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    return { lines: [...this.#lines(bytes.subarray(0, end), offset)], next: offset + end };
  }

  /** Yields the whole log, oldest first, as of the call. */
  async *all(until = this.#size): AsyncGenerator<LogLine> {
    let offset = 0;
    while (offset < until) {
      const { lines, next } = await this.page(offset);
      for (const line of lines) if (line.offset < until) yield line;
      offset = next;
    }
  }

  /** Returns the newest lines with that value, newest first, among those in memory. */
  async recent(field: IndexedField, value: string, limit: number): Promise<LogLine[]> {
    const found: LogLine[] = [];
    for (const place of this.#index.places(field, value)) {
      if (found.length >= limit) break;
      const line = await this.#line(place);
      if (line !== undefined && termsOf(line.record)[field] === value) found.push(line);
    }
    return found;
  }

  /** Yields lines older than those in memory, one after the other. */
  older(): AsyncGenerator<LogLine> {
    return this.all(this.#index.oldest?.offset ?? 0);
  }

  /** Returns the reception time of the oldest line in memory; undefined while all are. */
  async remembersSince(): Promise<string | undefined> {
    const oldest = this.#index.oldest;
    if (oldest === undefined || oldest.offset === 0) return undefined;
    return (await this.#line(oldest))?.record.receivedAt;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const together = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(Buffer.concat(together.map(({ line }) => line)));
        for (const { record, line, resolve } of together) {
          this.#remember({ record, offset: this.#size, length: line.length });
          this.#size += line.length;
          resolve();
        }
      } catch (error) {
        await this.#undo(together, error);
      }
    }
    this.#flushing = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const more = await this.#file.write(bytes, written, bytes.length - written, this.#size + written);
      written += more.bytesWritten;
    }
    await this.#file.datasync();
  }

  /** Half a line in the middle would hide all that follows: a failed write is cut off, or nothing is accepted any more. */
  async #undo(together: readonly { reject: (error: Error) => void }[], cause: unknown): Promise<void> {
    const failure = new OperatorLogUnusable('The log of the sandbox operator cannot be written.', { cause });
    try {
      await this.#file.truncate(this.#size);
    } catch {
      this.#broken = failure;
    }
    for (const { reject } of together) reject(failure);
  }

  async #recover(length: number): Promise<void> {
    this.#size = await this.#durableEnd(length);
    await this.#file.truncate(this.#size);
    let offset = await this.#lineStart(Math.max(0, this.#size - REINDEXED_BYTES));
    while (offset < this.#size) {
      const { lines, next } = await this.page(offset);
      for (const line of lines) this.#remember(line);
      offset = next;
    }
  }

  async #durableEnd(length: number): Promise<number> {
    const start = Math.max(0, length - PAGE_BYTES);
    const tail = await this.#read(start, length - start);
    const end = tail.lastIndexOf(NEWLINE) + 1;
    return end === 0 ? 0 : start + end;
  }

  async #lineStart(offset: number): Promise<number> {
    if (offset === 0) return 0;
    const bytes = await this.#read(offset, PAGE_BYTES);
    return offset + bytes.indexOf(NEWLINE) + 1;
  }

  *#lines(bytes: Buffer, from: number): Generator<LogLine> {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const offset = from + start;
      yield {
        offset,
        length: end + 1 - start,
        record: this.#open(bytes.toString('latin1', start, end), offset),
      };
      start = end + 1;
    }
  }

  async #line({ offset, length }: LinePlace): Promise<LogLine | undefined> {
    return this.#lines(await this.#read(offset, length), offset).next().value ?? undefined;
  }

  #open(line: string, offset: number): LogRecord {
    const value = openLine(this.#key, line);
    if (value === undefined) {
      throw new OperatorLogUnusable(
        `The sandbox log does not open at byte ${offset}: another key, or altered.`,
      );
    }
    return value as LogRecord; // Only this class writes lines that this key opens.
  }

  async #read(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(0, length));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  }

  #remember(line: LogLine): void {
    this.#index.add(line, termsOf(line.record));
    this.#onDurable(line);
  }
}

function termsOf(record: LogRecord): Partial<Record<IndexedField, string>> {
  const handset = handsetOf(record);
  return record.type === 'request' ? { key: record.key, reference: record.reference, handset } : { handset };
}

/** Seals one line of ciphertext, newline included; numbers and texts are never written in clear. */
function sealLine(key: KeyObject, value: unknown): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(PURPOSE);
  const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.from(`${Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url')}\n`, 'latin1');
}

/** Opens a line; undefined when another key wrote it or it was altered. */
function openLine(key: KeyObject, line: string): unknown {
  const sealed = Buffer.from(line, 'base64url');
  if (sealed.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(PURPOSE).setAuthTag(sealed.subarray(end));
  const text = decipher.update(sealed.subarray(NONCE_BYTES, end), undefined, 'utf8');
  try {
    return JSON.parse(text + decipher.final('utf8'));
  } catch {
    return undefined;
  }
}

interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

const FIELDS = ['key', 'reference', 'handset'] as const;

type IndexedField = (typeof FIELDS)[number];

/** 2^18 lines cost about 10 MB, whatever the size of the log. */
const REMEMBERED = 262_144;

/** Computes FNV-1a: even enough for buckets; callers compare the line itself. */
function bucketOf(value: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < value.length; at += 1) {
    hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % buckets;
}

/** The newest line of each bucket, and for each line the one before it in its bucket. */
class Chain {
  readonly #heads: Int32Array;
  readonly #previous: Int32Array;

  constructor(capacity: number) {
    this.#heads = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
  }

  add(value: string, number: number): void {
    const bucket = bucketOf(value, this.#heads.length);
    this.#previous[number % this.#previous.length] = this.#heads[bucket] ?? 0;
    this.#heads[bucket] = number;
  }

  *walk(value: string, oldest: number): Generator<number> {
    let number = this.#heads[bucketOf(value, this.#heads.length)] ?? 0;
    while (number >= oldest) {
      yield number;
      number = this.#previous[number % this.#previous.length] ?? 0;
    }
  }
}

/** Finds the newest lines of a key, a reference or a handset, in bounded memory. */
export class RecentIndex {
  readonly #capacity: number;
  readonly #offsets: Float64Array;
  readonly #lengths: Int32Array;
  readonly #chains: Record<IndexedField, Chain>;
  #count = 0;

  constructor(capacity: number = REMEMBERED) {
    this.#capacity = capacity;
    this.#offsets = new Float64Array(capacity);
    this.#lengths = new Int32Array(capacity);
    this.#chains = {
      key: new Chain(capacity),
      reference: new Chain(capacity),
      handset: new Chain(capacity),
    };
  }

  /** Adds a line, and drops the oldest when full. */
  add(place: LinePlace, terms: Partial<Record<IndexedField, string>>): void {
    this.#count += 1;
    this.#offsets[this.#count % this.#capacity] = place.offset;
    this.#lengths[this.#count % this.#capacity] = place.length;
    for (const field of FIELDS) this.#chains[field].add(terms[field] ?? '', this.#count);
  }

  /** Yields possible positions of lines with that value, newest first; others may be among them. */
  *places(field: IndexedField, value: string): Generator<LinePlace> {
    for (const number of this.#chains[field].walk(value, this.#oldest())) yield this.#place(number);
  }

  get oldest(): LinePlace | undefined {
    return this.#count === 0 ? undefined : this.#place(this.#oldest());
  }

  #oldest(): number {
    return Math.max(1, this.#count - this.#capacity + 1);
  }

  #place(number: number): LinePlace {
    const slot = number % this.#capacity;
    return { offset: this.#offsets[slot] ?? 0, length: this.#lengths[slot] ?? 0 };
  }
}
