/** The encodings of a text: seven bits a character, or sixteen. */
type Encoding = 'GSM-7' | 'UCS-2';

/** Bits of the number that ties the parts of a message together (3GPP 23.040). */
export type Reference = 8 | 16;

/** Units of one part: alone, and behind a header of six or seven bytes when there are others. */
const PART_UNITS = {
  'GSM-7': { alone: 160, 8: 153, 16: 152 },
  'UCS-2': { alone: 70, 8: 67, 16: 66 },
} as const satisfies Record<Encoding, { alone: number } & Record<Reference, number>>;

/** The size of a text in transmission. */
interface Weight {
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
  readonly parts: number;
  /** Units still free in the last part. */
  readonly remaining: number;
}

/** Splits a text in GSM-7 of so many septets into parts; an escape pair is never split. */
function septetParts(text: string, septets: number, reference: Reference): Weight {
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
function unitParts(text: string, reference: Reference): Weight {
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

/**
 * The default alphabet of 3GPP 23.038, ESC left out.
 *
 * Position 9 is Ç in the standard and ç in Unicode's GSM0338.TXT: handsets follow the standard.
 */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** The extension table: an escape and the character, two septets that never part. */
const EXTENSION = '\f^{}\\[~]|€';

const ESCAPE = 0x1b;
const BLANK = 0x20;

/** Septets by UTF-16 unit: half a surrogate pair has none. */
const SEPTETS = new Uint8Array(0x10000);
for (const character of BASIC) SEPTETS[character.charCodeAt(0)] = 1;
for (const character of EXTENSION) SEPTETS[character.charCodeAt(0)] = 2;

/** Returns the septets of a character in GSM-7: 1, 2, or 0 when it has none. */
export const septetsOf = (character: string): number =>
  character.length === 1 ? septetsAt(character, 0) : 0;

/** Returns the septets of the UTF-16 unit at an index. */
export const septetsAt = (text: string, at: number): number => SEPTETS[text.charCodeAt(at)] ?? 0;

/** Counts the septets of a text; undefined when some character has none. */
export function septetsIn(text: string): number | undefined {
  let septets = 0;
  for (let at = 0; at < text.length; at += 1) {
    const size = septetsAt(text, at);
    if (size === 0) return undefined;
    septets += size;
  }
  return septets;
}

/** Octets by UTF-16 unit: position in the alphabet; beyond 127, behind an escape. */
const OCTETS = new Uint8Array(0x10000);
// The escape stands at 27 of the alphabet, between Ξ and Æ.
Array.from(BASIC).forEach((character, at) => {
  OCTETS[character.charCodeAt(0)] = at < ESCAPE ? at : at + 1;
});
const BEHIND_ESCAPE = [0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65];
Array.from(EXTENSION).forEach((character, at) => {
  OCTETS[character.charCodeAt(0)] = 0x80 | (BEHIND_ESCAPE[at] ?? 0);
});

/** Encodes a text, one septet an octet, as SMPP carries it; a character without a septet becomes a blank. */
export function gsm7Octets(text: string): Buffer {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const known = septetsAt(text, at) > 0;
    const octet = known ? (OCTETS[text.charCodeAt(at)] ?? 0) : BLANK;
    if (octet >= 0x80) octets.push(ESCAPE, octet & 0x7f);
    else octets.push(octet);
  }
  return Buffer.from(octets);
}

const EXTENDED = new Map(BEHIND_ESCAPE.map((octet, at) => [octet, EXTENSION[at] ?? ' ']));

/** Decodes octets; an octet outside the alphabet becomes a blank. */
export function gsm7Text(octets: Uint8Array): string {
  let text = '';
  let isEscaped = false;
  for (const octet of octets) {
    if (octet === ESCAPE) isEscaped = true;
    else {
      const basic = octet < ESCAPE ? BASIC[octet] : BASIC[octet - 1];
      text += (isEscaped ? EXTENDED.get(octet) : undefined) ?? basic ?? ' ';
      isEscaped = false;
    }
  }
  return text;
}

/** Replacements that decomposition cannot find: punctuation of word processors, ligatures, signs. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...pairs("'", '’‘‚‛′´`ʼʹ'),
  ...pairs('"', '“”„‟«»″'),
  ...pairs('-', '–—―‐‑‒−•·‣∙'),
  ...pairs(' ', '\t\u00a0\u202f\u2007\u2008\u2009\u200a\u2002\u2003\u3000'),
  ...pairs('\n', '\u2028\u2029\u0085\v'),
  ...pairs('o', 'º°'),
  ...pairs('x', '×✕✖'),
  ...pairs('u', 'µ'),
  ...pairs('<', '‹⟨'),
  ...pairs('>', '›⟩'),
  ['…', '...'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['ẞ', 'SS'],
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ı', 'i'],
  ['÷', '/'],
  ['⁄', '/'],
  ['±', '+/-'],
  ['≤', '<='],
  ['≥', '>='],
  ['→', '->'],
  ['←', '<-'],
  ['©', '(C)'],
  ['®', '(R)'],
  ['™', '(TM)'],
  ['‰', '0/00'],
]);

/** Decomposing costs more than counting, and the same few letters recur. */
const REMEMBERED = new Map<string, string | null>();
const MOST_REMEMBERED = 2_000;

/** A character that forces the whole text into UCS-2. */
export interface Offender {
  readonly character: string;
  /** Position in UTF-16 units of the composed (NFC) text. */
  readonly at: number;
  /** A replacement; empty when the character may be dropped, null when there is none. */
  readonly instead: string | null;
}

/** The weight of a text and its causes. */
export interface Measure extends Weight {
  readonly encoding: Encoding;
  readonly offenders: readonly Offender[];
}

/** Returns the text as every count and every gateway takes it: composed, well formed. */
export const composed = (text: string): string =>
  MAY_COMPOSE.test(text) ? text.normalize('NFC').toWellFormed() : text;

/** Outside these ranges a text may hold something to compose, or half a pair. */
const MAY_COMPOSE = /[^\n\r -\u02ff\u2010-\u2027\u20ac]/;

/** Measures a final text: encoding, units, parts, and the characters that cost. */
export function measure(text: string, reference: Reference = 8): Measure {
  // A text whose characters are all in the alphabet is composed already: one pass suffices for most texts.
  const plain = septetsIn(text);
  if (plain !== undefined) return inSeptets(text, plain, reference);
  const written = composed(text);
  const septets = written === text ? undefined : septetsIn(written);
  if (septets !== undefined) return inSeptets(written, septets, reference);
  return { encoding: 'UCS-2', ...unitParts(written, reference), offenders: offendersIn(written) };
}

const inSeptets = (text: string, septets: number, reference: Reference): Measure => ({
  encoding: 'GSM-7',
  ...septetParts(text, septets, reference),
  offenders: [],
});

/** Finds every such character of a composed text. */
export function offendersIn(written: string): Offender[] {
  const offenders: Offender[] = [];
  for (let at = 0; at < written.length; at += 1) {
    if (septetsAt(written, at) > 0) continue;
    const character = String.fromCodePoint(written.codePointAt(at) ?? 0);
    offenders.push({ character, at, instead: plainCharacter(character) });
    at += character.length - 1;
  }
  return offenders;
}

/** Proposes the same words in GSM-7 to the author; undefined when there are none. */
export function rewrite(text: string): string | undefined {
  const { encoding, offenders } = measure(text);
  if (encoding === 'GSM-7' || offenders.some(({ instead }) => instead === null)) return undefined;
  // French quotation marks carry spaces that straight ones do not.
  const quoted = composed(text)
    .replace(/«\s+/g, '«')
    .replace(/(?<!\s)\s+»/g, '»');
  const plain = Array.from(quoted, (one) => (septetsOf(one) > 0 ? one : (plainCharacter(one) ?? ''))).join(
    '',
  );
  const tidy = plain
    .replace(/ {2,}/g, ' ')
    .replace(/(?<! ) +(?=\n)/g, '')
    .trim();
  return tidy === '' ? undefined : tidy;
}

function pairs(instead: string, characters: string): [string, string][] {
  return Array.from(characters, (character) => [character, instead]);
}

/**
 * Returns the GSM-7 replacement of a character that has no septet. Empty for one that may vanish (an emoji, a
 * zero-width sign); null for a letter or digit with no equivalent.
 */
export function plainCharacter(character: string): string | null {
  const known = INSTEAD.get(character);
  if (known !== undefined) return known;
  const plain = REMEMBERED.has(character) ? (REMEMBERED.get(character) ?? null) : decomposed(character);
  if (REMEMBERED.size < MOST_REMEMBERED) REMEMBERED.set(character, plain);
  return plain;
}

function decomposed(character: string): string | null {
  const plain = Array.from(character.normalize('NFKD'), (piece) => INSTEAD.get(piece) ?? piece)
    .join('')
    .replace(/\p{M}/gu, '');
  if (plain !== '' && Array.from(plain).every((piece) => septetsOf(piece) > 0)) return plain;
  return /[\p{L}\p{N}]/u.test(character) ? null : '';
}
