import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { Refusal } from '../errors.ts';

/** What one upload may weigh. */
export interface UploadLimits {
  /** Bytes of text, unpacked. */
  readonly mostBytes: number;
  /** Lines, empty ones too. */
  readonly mostLines: number;
}

/** One gibibyte, which is some ten million rows; of short rows no more than what is remembered of each takes. */
export const UPLOAD_LIMITS: UploadLimits = { mostBytes: 1024 ** 3, mostLines: 15_000_000 };

/** Text packs 5 to 30 times; beyond this it is not text. */
const MOST_UNPACKED_TIMES = 200;
/** Small files may pack better. */
const RATIO_COUNTS_FROM = 8 * 1024 * 1024;

/** The bytes of a file, unpacked when they were packed, refused when too many. */
export async function* unpacked(
  upload: AsyncIterable<Buffer>,
  limits: Pick<UploadLimits, 'mostBytes'> = UPLOAD_LIMITS,
): AsyncGenerator<Buffer> {
  const { head, rest } = await peeked(upload);
  if (head[0] === 0x50 && head[1] === 0x4b)
    throw new Refusal('IMPORT_UNREADABLE', {
      detail: 'A workbook or zip came: save the sheet as CSV, or gzip it.',
    });
  const packed = { bytes: 0 };
  const pieces = metered(rest, packed);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  let bytes = 0;
  for await (const piece of isGzip ? gunzipped(pieces) : pieces) {
    bytes += piece.length;
    const bomb = isGzip && bytes > RATIO_COUNTS_FROM && bytes > packed.bytes * MOST_UNPACKED_TIMES;
    if (bytes > limits.mostBytes || bomb) throw tooLarge(`${limits.mostBytes} bytes of text`);
    yield piece;
  }
}

/** Refuses what says beforehand that it is too large; packed text is smaller still. */
export function refuseLength(bytes: number, { mostBytes }: UploadLimits = UPLOAD_LIMITS): void {
  if (bytes > mostBytes + FORM_BYTES) throw tooLarge(`${mostBytes} bytes of text`);
}

/** What a form may add to its file. */
const FORM_BYTES = 64 * 1024;

const tooLarge = (most: string): Refusal =>
  new Refusal('IMPORT_TOO_LARGE', { detail: `At most ${most} are taken at once.` });

const NEWLINE = 0x0a;

/** The same text, refused when it has too many lines. */
export async function* counted(
  text: AsyncIterable<Buffer>,
  { mostLines }: UploadLimits = UPLOAD_LIMITS,
): AsyncGenerator<Buffer> {
  let lines = 0;
  for await (const piece of text) {
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) lines += 1;
    if (lines > mostLines) throw tooLarge(`${mostLines} lines`);
    yield piece;
  }
}

interface Peeked {
  readonly head: Buffer;
  readonly rest: AsyncIterable<Buffer>;
}

/** The first two bytes, and the whole stream as if nobody had looked. */
async function peeked(upload: AsyncIterable<Buffer>): Promise<Peeked> {
  const pieces = upload[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
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

async function* metered(pieces: AsyncIterable<Buffer>, count: { bytes: number }): AsyncGenerator<Buffer> {
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
      throw new Refusal('IMPORT_UNREADABLE', { detail: 'The gzip stream is damaged or incomplete.' });
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
