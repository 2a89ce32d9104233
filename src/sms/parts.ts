import { septetsOf } from './gsm7.ts';

/** How a text travels: seven bits a character, or sixteen. */
export type Encoding = 'GSM-7' | 'UCS-2';

/** Units of one part: alone, and when it shares a message with others (3GPP 23.040, 8-bit reference). */
const ROOM = {
  'GSM-7': { alone: 160, shared: 153 },
  'UCS-2': { alone: 70, shared: 67 },
} as const satisfies Record<Encoding, { alone: number; shared: number }>;

/** What a text weighs on the air. */
export interface Weight {
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
  readonly parts: number;
  /** Units still free in the last part. */
  readonly remaining: number;
}

/** Counts the parts of a text; an escape pair or a surrogate pair is never split. */
export function weigh(text: string, encoding: Encoding): Weight {
  const sizes = Array.from(text, (character) =>
    encoding === 'GSM-7' ? septetsOf(character) : character.length,
  );
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, shared } = ROOM[encoding];
  if (units <= alone) return { units, parts: units === 0 ? 0 : 1, remaining: alone - units };
  const { parts, used } = filled(sizes, shared);
  return { units, parts, remaining: shared - used };
}

/** Fills part after part; what does not fit whole opens the next one. */
function filled(sizes: readonly number[], room: number): { parts: number; used: number } {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > room) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return { parts, used };
}
