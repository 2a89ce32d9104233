import type { Buffer as Bytes } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** Long enough to meet an accent in any French export, short enough to hold. */
const SAMPLE = 64 * 1024;

/** Maximum share of broken accents in a file that still is UTF-8; of a few accents, so many and half. */
const BROKEN_PART = 0.01;
const A_FEW = 3;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * Turns an uploaded file into plain text: UTF-8, `\n` between lines, no byte order mark, no NUL. Detects UTF-8,
 * UTF-16 and Windows-1252; holds 64 KiB at most.
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

/** Returns the decoder for a sample; undefined while it is plain ASCII, which every decoder reads alike. */
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

/** Says whether a text has two bytes a letter: every other one may be anything. */
export const isUtf16 = (sample: Bytes): boolean => encodingOf(sample)?.startsWith('utf-16') === true;

/** Detects UTF-16 without its mark: every other byte of a heading is zero. */
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
  // Windows-1252 read as UTF-8 breaks nearly all of its accents.
  const isUtf8 = broken <= accents * BROKEN_PART || (broken <= A_FEW && broken <= accents / 2);
  return isUtf8 ? 'utf-8' : 'windows-1252';
}

/** Makes every line end with `\n`, also when `\r` and `\n` come in two pieces. */
class LineEndings {
  #afterReturn = false;

  tidy(text: string): Bytes {
    const joined = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    return Buffer.from(joined.replaceAll(/\r\n?/g, '\n').replaceAll('\0', ''), 'utf8');
  }
}
