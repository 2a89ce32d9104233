import { septetsAt } from './gsm7.ts';

/** How a text travels: seven bits a character, or sixteen. */
export type Encoding = 'GSM-7' | 'UCS-2';

/** Bits of the number that ties the parts of a message together (3GPP 23.040). */
export type Reference = 8 | 16;

/** Units of one part: alone, and behind a header of six or seven bytes when there are others. */
const ROOM = {
  'GSM-7': { alone: 160, 8: 153, 16: 152 },
  'UCS-2': { alone: 70, 8: 67, 16: 66 },
} as const satisfies Record<Encoding, { alone: number } & Record<Reference, number>>;

/** What a text weighs on the air. */
export interface Weight {
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
  readonly parts: number;
  /** Units still free in the last part. */
  readonly remaining: number;
}

/** Counts the parts of a text; an escape pair or a surrogate pair is never split. */
export function weigh(text: string, encoding: Encoding, reference: Reference = 8): Weight {
  const { alone, [reference]: shared } = ROOM[encoding];
  const sizeAt = encoding === 'GSM-7' ? septetsAt : surrogates;
  const units = encoding === 'GSM-7' ? septets(text) : text.length;
  if (units <= alone) return { units, parts: units === 0 ? 0 : 1, remaining: alone - units };
  return { units, ...filled(text, shared, sizeAt) };
}

function septets(text: string): number {
  let units = 0;
  for (let at = 0; at < text.length; at += 1) units += septetsAt(text, at);
  return units;
}

type SizeAt = (text: string, at: number) => number;

/** A pair counts whole at its first half and nothing at its second. */
const surrogates: SizeAt = (text, at) => {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdfff) return 1;
  return unit < 0xdc00 ? 2 : 0;
};

/** Fills part after part; what does not fit whole opens the next one. */
function filled(text: string, room: number, sizeAt: SizeAt): { parts: number; remaining: number } {
  let parts = 1;
  let used = 0;
  for (let at = 0; at < text.length; at += 1) {
    const size = sizeAt(text, at);
    if (used + size > room) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return { parts, remaining: room - used };
}
