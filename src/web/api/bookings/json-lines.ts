import { Refusal } from '../../../platform/index.ts';
import { jsonOf } from '../../server/read-body.ts';
import { fault, type ForPrograms } from '../../../words/index.ts';

/** No booking is longer; a file without line ends is refused before it fills the memory. */
const LONGEST_LINE = 65_536;
/** An array is read whole, and so is what comes under a key. */
export const LONGEST_WHOLE = 8_388_608;

/** One value of a body, parsed when it is asked for, and where it stands: counted from 1. */
export interface BodyLine {
  readonly line: number;
  readonly body: () => unknown;
}

/** Each line of a body; blank ones are counted and left out. */
export async function* jsonLines(body: AsyncIterable<unknown>): AsyncGenerator<BodyLine> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const piece of pieces(body)) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      number += 1;
      if (!isBlank(line)) yield { line: number, body: parsing(line) };
    }
    if (rest.length > LONGEST_LINE) throw lineTooLong();
  }
  if (!isBlank(rest)) yield { line: number + 1, body: parsing(rest) };
}

/** Each item of a body that is one JSON array. */
export async function* itemsOf(body: AsyncIterable<unknown>): AsyncGenerator<BodyLine> {
  const whole = await wholeBody(
    body,
    fault('An array has at most {most} bytes; send lines instead.', { most: LONGEST_WHOLE }),
  );
  const items = jsonOf(whole);
  if (!Array.isArray(items)) throw new Refusal('INVALID_REQUEST', { detail: 'The body is not an array.' });
  for (const [index, item] of (items as readonly unknown[]).entries())
    yield { line: index + 1, body: () => item };
}

/** A body read whole; one that is too long is refused with that detail. */
export async function wholeBody(body: AsyncIterable<unknown>, detail: ForPrograms): Promise<Buffer> {
  const held: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces(body)) {
    length += piece.length;
    if (length > LONGEST_WHOLE) throw tooLarge(detail);
    held.push(piece);
  }
  return Buffer.concat(held);
}

/** A request is a stream of buffers. */
async function* pieces(body: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const piece of body) if (Buffer.isBuffer(piece)) yield piece;
  } catch {
    throw new Refusal('INVALID_REQUEST', { detail: 'The body did not arrive whole.' });
  }
}

const isBlank = (line: Buffer): boolean => line.toString('latin1').trim() === '';

const lineTooLong = (): Refusal =>
  tooLarge(fault('A line has at most {most} bytes.', { most: LONGEST_LINE }));

const tooLarge = (detail: ForPrograms): Refusal => new Refusal('BODY_TOO_LARGE', { detail });

/** A line may be longer than allowed though its end was found. */
const parsing =
  (line: Buffer): (() => unknown) =>
  () => {
    if (line.length > LONGEST_LINE) throw lineTooLong();
    return jsonOf(line);
  };
