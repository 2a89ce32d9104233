import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Buffer as Bytes } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { Refusal } from '../platform/index.ts';
import { LONGEST_ROW } from '../base/index.ts';
import { FOREIGN_HEAD, foreignKind, endlessLine, notCsv } from './foreign-file.ts';
import { fault, type ForPrograms } from '../words/index.ts';

/** The size limits of one upload. */
export interface UploadLimits {
  /** Bytes of text, unpacked. */
  readonly mostBytes: number;
  /** Lines, empty ones too. */
  readonly mostLines: number;
}

/** One gibibyte has some ten million rows; the lines are bounded since each takes memory, however short it is. */
export const UPLOAD_LIMITS: UploadLimits = { mostBytes: 1024 ** 3, mostLines: 15_000_000 };

/** Text compresses 5 to 30 times: what unpacks to more than this is no text. */
const MOST_UNPACKED_TIMES = 200;

/** Unpacked bytes from which that ratio counts, since small files may compress better. */
const RATIO_COUNTS_FROM = 8 * 1024 * 1024;

/** Yields the bytes of a file, unpacked if it is gzip; refuses too many bytes, and a file that is no CSV. */
export async function* unpacked(
  upload: AsyncIterable<Buffer>,
  limits: Pick<UploadLimits, 'mostBytes'> = UPLOAD_LIMITS,
): AsyncGenerator<Buffer> {
  const sent = await peeked(upload, GZIP_HEAD);
  const packed = { bytes: 0 };
  const pieces = countBytes(sent.rest, packed);
  const isGzip = sent.head[0] === 0x1f && sent.head[1] === 0x8b;
  const { head, rest } = await peeked(isGzip ? gunzipped(pieces) : pieces, FOREIGN_HEAD);
  let bytes = 0;
  let isKnown = false;
  for await (const piece of rest) {
    // This is refused within the loop, which releases the sender's stream.
    if (!isKnown) refuseForeign(head);
    isKnown = true;
    bytes += piece.length;
    if (bytes > limits.mostBytes)
      throw tooLarge(
        fault('More than {most} bytes of text came, which are the most that one import takes.', {
          most: limits.mostBytes,
        }),
      );
    if (isGzip && bytes > RATIO_COUNTS_FROM && bytes > packed.bytes * MOST_UNPACKED_TIMES)
      throw unpacksTooFar();
    yield piece;
  }
}

/** Refuses a workbook, a picture or anything else that is no CSV, before any of it is stored. */
function refuseForeign(head: Buffer): void {
  const found = foreignKind(head, { isUtf16: isUtf16(head) });
  if (found !== undefined) throw notCsv(found);
}

/** Refuses a file whose declared length is too large already. */
export function refuseLength(bytes: number, { mostBytes }: UploadLimits = UPLOAD_LIMITS): void {
  if (bytes > mostBytes + FORM_BYTES)
    throw tooLarge(
      fault('{bytes} bytes were announced; one import takes {most} at most.', { bytes, most: mostBytes }),
    );
}

const GZIP_HEAD = 2;

/** Bytes that a form may add to its file. */
const FORM_BYTES = 64 * 1024;

const tooLarge = (detail: ForPrograms): Refusal => new Refusal('IMPORT_TOO_LARGE', { detail });

const unpacksTooFar = (): Refusal =>
  tooLarge(
    fault(
      'It unpacks to more than {times} times its size, as no list of people does: send the CSV as it is.',
      { times: MOST_UNPACKED_TIMES },
    ),
  );

const NEWLINE = 0x0a;

/** No row is longer: a spreadsheet puts at most 32,767 letters into a cell, and a thousand columns are read. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Yields a text unchanged; refuses too many lines, and a line that does not end. */
export async function* counted(
  text: AsyncIterable<Buffer>,
  { mostLines }: UploadLimits = UPLOAD_LIMITS,
): AsyncGenerator<Buffer> {
  let lines = 0;
  /** Bytes of the unfinished line. */
  let open = 0;
  for await (const piece of text) {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, from)) {
      lines += 1;
      from = at + 1;
    }
    open = piece.length - from + (from === 0 ? open : 0);
    if (lines > mostLines)
      throw tooLarge(
        fault('More than {most} lines came, which are the most that one import takes.', { most: mostLines }),
      );
    // The first line holds the headings.
    if (open > (lines === 0 ? LONGEST_ROW : LONGEST_LINE))
      throw endlessLine({ line: lines + 1, bytes: open });
    yield piece;
  }
}

/** Reads at least so many bytes of the beginning; returns them, and the whole stream unchanged. */
export async function peeked(
  upload: AsyncIterable<Buffer>,
  least: number,
): Promise<{ readonly head: Buffer; readonly rest: AsyncIterable<Buffer> }> {
  const pieces = upload[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < least) {
    const next = await pieces.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  }
  return { head, rest: whole() };
}

async function* countBytes(pieces: AsyncIterable<Buffer>, count: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    count.bytes += piece.length;
    yield piece;
  }
}

async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed);
  const gunzip = createGunzip();
  let broken: Error | undefined;
  source.once('error', (error) => {
    broken = error;
    gunzip.destroy(error);
  });
  try {
    // A stream of buffers iterates over buffers.
    for await (const piece of source.pipe(gunzip) as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    if (broken !== undefined) throw broken;
    if (error instanceof Error && 'code' in error && /^(?:Z_|ERR_PADDING)/.test(String(error.code)))
      throw new Refusal('IMPORT_UNREADABLE', {
        detail: 'The gzip stream is damaged, incomplete, or followed by something else.',
      });
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** Bytes by which the encoding is detected: any French export has an accent in them, and they fit into memory. */
const SAMPLE = 64 * 1024;

/** The largest share of broken accents in a file that still counts as UTF-8; among few accents three, if not over half. */
const BROKEN_PART = 0.01;
const A_FEW = 3;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * Converts an uploaded file to plain text: UTF-8, `\n` between lines, no byte order mark, no NUL. It detects UTF-8,
 * UTF-16 and Windows-1252 by the first 64 KiB.
 */
export async function* plainText(upload: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  const lines = new LineEndings();
  let decoder: TextDecoder | undefined;
  let waiting: Bytes[] = [];
  for await (const piece of upload) {
    waiting.push(piece);
    const held = waiting.reduce((sum, { length }) => sum + length, 0);
    if (decoder === undefined && held < SAMPLE) continue;
    const bytes = Buffer.concat(waiting);
    waiting = [];
    decoder ??= decoderOf(bytes);
    yield lines.tidy(decoder?.decode(bytes, { stream: true }) ?? bytes.toString('latin1'));
  }
  const rest = Buffer.concat(waiting);
  decoder ??= decoderOf(rest) ?? new TextDecoder('utf-8');
  yield lines.tidy(decoder.decode(rest));
}

/** Returns the decoder for a sample; undefined for plain ASCII, which every encoding writes in the same way. */
function decoderOf(sample: Bytes): TextDecoder | undefined {
  const encoding = encodingOf(sample);
  return encoding === undefined ? undefined : new TextDecoder(encoding);
}

function encodingOf(sample: Bytes): Encoding | undefined {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return 'utf-8';
  return unmarkedUtf16(sample) ?? unmarkedEightBits(sample);
}

/** Says whether a text is UTF-16, whose bytes may look like control characters. */
export const isUtf16 = (sample: Bytes): boolean => encodingOf(sample)?.startsWith('utf-16') === true;

/** Detects UTF-16 without a byte order mark: every other byte of a heading is zero. */
function unmarkedUtf16(sample: Bytes): Encoding | undefined {
  const head = sample.subarray(0, 64);
  const zeros = (odd: number): number => head.filter((byte, at) => byte === 0 && at % 2 === odd).length;
  if (zeros(1) > head.length / 4) return 'utf-16le';
  return zeros(0) > head.length / 4 ? 'utf-16be' : undefined;
}

function unmarkedEightBits(sample: Bytes): Encoding | undefined {
  if (sample.every((byte) => byte < 0x80)) return undefined;
  const text = new TextDecoder('utf-8').decode(sample, { stream: true });
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const broken = count(/\uFFFD/g);
  const accents = count(/[^\p{ASCII}]/gu);
  // Windows-1252 that is decoded as UTF-8 breaks nearly all of its accents.
  const isUtf8 = broken <= accents * BROKEN_PART || (broken <= A_FEW && broken <= accents / 2);
  return isUtf8 ? 'utf-8' : 'windows-1252';
}

/** Makes every line end with `\n`, also when `\r` and `\n` come in different pieces. */
class LineEndings {
  #afterReturn = false;

  tidy(text: string): Bytes {
    const joined = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    return Buffer.from(joined.replaceAll(/\r\n?/g, '\n').replaceAll('\0', ''), 'utf8');
  }
}
