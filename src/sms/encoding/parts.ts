import { septetsAt } from './gsm7.ts';

/** The encodings of a text: seven bits a character, or sixteen. */
export type Encoding = 'GSM-7' | 'UCS-2';

/** Bits of the number that ties the parts of a message together (3GPP 23.040). */
export type Reference = 8 | 16;

/** Units of one part: alone, and behind a header of six or seven bytes when there are others. */
const PART_UNITS = {
  'GSM-7': { alone: 160, 8: 153, 16: 152 },
  'UCS-2': { alone: 70, 8: 67, 16: 66 },
} as const satisfies Record<Encoding, { alone: number } & Record<Reference, number>>;

/** The size of a text in transmission. */
export interface Weight {
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
  readonly parts: number;
  /** Units still free in the last part. */
  readonly remaining: number;
}

/** Splits a text in GSM-7 of so many septets into parts; an escape pair is never split. */
export function septetParts(text: string, septets: number, reference: Reference): Weight {
  const { alone, [reference]: unitsPerPart } = PART_UNITS['GSM-7'];
  if (septets <= alone) return single(septets, alone);
  // Without an escape nothing can straddle the end of a part.
  if (septets === text.length) {
    const parts = Math.ceil(septets / unitsPerPart);
    return { units: septets, parts, remaining: parts * unitsPerPart - septets };
  }
  return { units: septets, ...filled(text, unitsPerPart) };
}

/** Splits a text in UCS-2 into parts; a surrogate pair is never split. */
export function unitParts(text: string, reference: Reference): Weight {
  const { alone, [reference]: unitsPerPart } = PART_UNITS['UCS-2'];
  const units = text.length;
  if (units <= alone) return single(units, alone);
  let parts = 1;
  let from = 0;
  while (units - from > unitsPerPart) {
    from += unitsPerPart - (isPair(text, from + unitsPerPart - 1) ? 1 : 0);
    parts += 1;
  }
  return { units, parts, remaining: unitsPerPart - (units - from) };
}

const single = (units: number, unitsPerPart: number): Weight => ({
  units,
  parts: units === 0 ? 0 : 1,
  remaining: unitsPerPart - units,
});

/** Fills part after part; an escape pair that does not fit whole opens the next one. */
function filled(text: string, unitsPerPart: number): Pick<Weight, 'parts' | 'remaining'> {
  let parts = 1;
  let used = 0;
  for (let at = 0; at < text.length; at += 1) {
    const size = septetsAt(text, at);
    used += size;
    if (used > unitsPerPart) {
      parts += 1;
      used = size;
    }
  }
  return { parts, remaining: unitsPerPart - used };
}

/** Says whether a surrogate pair starts at this index. */
const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;
