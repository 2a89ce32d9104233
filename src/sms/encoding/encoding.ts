/** The encodings of a text: seven bits a character, or sixteen. */
type Encoding = 'GSM-7' | 'UCS-2';

/** Bits of the reference number that the parts of one message share (3GPP 23.040). */
export type Reference = 8 | 16;

/** Units that fit in the only part of a message, and in each of several, whose header takes six or seven bytes. */
const PART_UNITS = {
  'GSM-7': { alone: 160, 8: 153, 16: 152 },
  'UCS-2': { alone: 70, 8: 67, 16: 66 },
} as const satisfies Record<Encoding, { alone: number } & Record<Reference, number>>;

interface Weight {
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
  readonly parts: number;
  /** Units still free in the last part. */
  readonly remaining: number;
}

/** Counts the parts of a text of that many septets in GSM-7; an escape pair is never split. */
function septetParts(text: string, septets: number, reference: Reference): Weight {
  const { alone, [reference]: unitsPerPart } = PART_UNITS['GSM-7'];
  if (septets <= alone) return single(septets, alone);
  // Without an escape nothing can straddle the end of a part.
  if (septets === text.length) {
    const parts = Math.ceil(septets / unitsPerPart);
    return { units: septets, parts, remaining: parts * unitsPerPart - septets };
  }
  return { units: septets, ...fillParts(text, unitsPerPart) };
}

/** Counts the parts of a text in UCS-2; a surrogate pair is never split. */
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

/** Fills one part after the other; an escape pair that does not fit begins the next part. */
function fillParts(text: string, unitsPerPart: number): Pick<Weight, 'parts' | 'remaining'> {
  let parts = 1;
  let used = 0;
  for (let index = 0; index < text.length; index += 1) {
    const size = septetsAt(text, index);
    used += size;
    if (used > unitsPerPart) {
      parts += 1;
      used = size;
    }
  }
  return { parts, remaining: unitsPerPart - used };
}

/** Says whether a surrogate pair starts at this index. */
const isPair = (text: string, index: number): boolean => (text.codePointAt(index) ?? 0) > 0xffff;

/**
 * The default alphabet of 3GPP 23.038, ESC left out.
 *
 * Position 9 is Ç in the standard and ç in Unicode's GSM0338.TXT: handsets follow the standard.
 */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** The extension table: each character takes two septets, an escape and its own, which stay in one part. */
const EXTENSION = '\f^{}\\[~]|€';

const ESCAPE = 0x1b;
const BLANK = 0x20;

/** Septets by UTF-16 unit; 0 outside GSM-7, as for half of a surrogate pair. */
const SEPTETS = new Uint8Array(0x10000);
for (const character of BASIC) SEPTETS[character.charCodeAt(0)] = 1;
for (const character of EXTENSION) SEPTETS[character.charCodeAt(0)] = 2;

/** Returns the septets of a character in GSM-7: 1, 2, or 0 when it has none. */
export const septetsOf = (character: string): number =>
  character.length === 1 ? septetsAt(character, 0) : 0;

/** Returns the septets of the UTF-16 unit at an index. */
export const septetsAt = (text: string, index: number): number => SEPTETS[text.charCodeAt(index)] ?? 0;

/** Counts the septets of a text; undefined when some character has none. */
export function septetsIn(text: string): number | undefined {
  let septets = 0;
  for (let index = 0; index < text.length; index += 1) {
    const size = septetsAt(text, index);
    if (size === 0) return undefined;
    septets += size;
  }
  return septets;
}

/** Octets by UTF-16 unit: the position in the alphabet; from 0x80 on, an escape precedes the lower seven bits. */
const OCTETS = new Uint8Array(0x10000);
// The escape stands at 27 of the alphabet, between Ξ and Æ.
Array.from(BASIC).forEach((character, index) => {
  OCTETS[character.charCodeAt(0)] = index < ESCAPE ? index : index + 1;
});
const BEHIND_ESCAPE = [0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65];
Array.from(EXTENSION).forEach((character, index) => {
  OCTETS[character.charCodeAt(0)] = 0x80 | (BEHIND_ESCAPE[index] ?? 0);
});

/** Encodes a text in GSM-7, one septet in each octet as in SMPP; a character outside the alphabet becomes a blank. */
export function gsm7Octets(text: string): Buffer {
  const octets: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const isInAlphabet = septetsAt(text, index) > 0;
    const octet = isInAlphabet ? (OCTETS[text.charCodeAt(index)] ?? 0) : BLANK;
    if (octet >= 0x80) octets.push(ESCAPE, octet & 0x7f);
    else octets.push(octet);
  }
  return Buffer.from(octets);
}

const EXTENDED = new Map(BEHIND_ESCAPE.map((octet, index) => [octet, EXTENSION[index] ?? ' ']));

/** Decodes such octets; one outside the alphabet becomes a blank. */
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

/** Replacements that Unicode's decomposition does not give: punctuation of word processors, ligatures, signs. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ...replacingEach("'", '’‘‚‛′´`ʼʹ'),
  ...replacingEach('"', '“”„‟«»″'),
  ...replacingEach('-', '–—―‐‑‒−•·‣∙'),
  ...replacingEach(' ', '\t\u00a0\u202f\u2007\u2008\u2009\u200a\u2002\u2003\u3000'),
  ...replacingEach('\n', '\u2028\u2029\u0085\v'),
  ...replacingEach('o', 'º°'),
  ...replacingEach('x', '×✕✖'),
  ...replacingEach('u', 'µ'),
  ...replacingEach('<', '‹⟨'),
  ...replacingEach('>', '›⟩'),
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

/** Replacements by character: decomposing costs more than counting, and the same few letters recur. */
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

/** The encoding and the size of a text, and the characters that force UCS-2. */
export interface Measure extends Weight {
  readonly encoding: Encoding;
  readonly offenders: readonly Offender[];
}

/** Returns a text as we count it and pass it to gateways: composed (NFC) and well formed. */
export const composed = (text: string): string =>
  MAY_COMPOSE.test(text) ? text.normalize('NFC').toWellFormed() : text;

/** Characters outside these ranges may need composing, or be half of a surrogate pair. */
const MAY_COMPOSE = /[^\n\r -\u02ff\u2010-\u2027\u20ac]/;

/** Measures a final text: its encoding, units and parts, and the characters that force UCS-2. */
export function measure(text: string, reference: Reference = 8): Measure {
  // A text whose characters are all in the alphabet is composed already, so one pass suffices for most texts.
  const plainSeptets = septetsIn(text);
  if (plainSeptets !== undefined) return measureSeptets(text, plainSeptets, reference);
  const normalized = composed(text);
  const septets = normalized === text ? undefined : septetsIn(normalized);
  if (septets !== undefined) return measureSeptets(normalized, septets, reference);
  return { encoding: 'UCS-2', ...unitParts(normalized, reference), offenders: offendersIn(normalized) };
}

const measureSeptets = (text: string, septets: number, reference: Reference): Measure => ({
  encoding: 'GSM-7',
  ...septetParts(text, septets, reference),
  offenders: [],
});

/** Finds every character of a composed text that forces it into UCS-2. */
export function offendersIn(text: string): Offender[] {
  const offenders: Offender[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (septetsAt(text, at) > 0) continue;
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    offenders.push({ character, at, instead: plainCharacter(character) });
    at += character.length - 1;
  }
  return offenders;
}

/** Rewrites a text in GSM-7 as a proposal for its author; undefined when it is in GSM-7 already or cannot be. */
export function rewrite(text: string): string | undefined {
  const { encoding, offenders } = measure(text);
  if (encoding === 'GSM-7' || offenders.some(({ instead }) => instead === null)) return undefined;
  // French quotation marks carry spaces that straight ones do not.
  const unquoted = composed(text)
    .replace(/«\s+/g, '«')
    .replace(/(?<!\s)\s+»/g, '»');
  const plain = Array.from(unquoted, (character) =>
    septetsOf(character) > 0 ? character : (plainCharacter(character) ?? ''),
  ).join('');
  const tidy = plain
    .replace(/ {2,}/g, ' ')
    .replace(/(?<! ) +(?=\n)/g, '')
    .trim();
  return tidy === '' ? undefined : tidy;
}

function replacingEach(replacement: string, characters: string): [string, string][] {
  return Array.from(characters, (character) => [character, replacement]);
}

/**
 * Returns the GSM-7 replacement of a character that has no septet. Empty for one that may vanish (an emoji, a
 * zero-width sign); null for a letter or digit with no equivalent.
 */
export function plainCharacter(character: string): string | null {
  const known = REPLACEMENTS.get(character);
  if (known !== undefined) return known;
  const plain = REMEMBERED.has(character) ? (REMEMBERED.get(character) ?? null) : decompose(character);
  if (REMEMBERED.size < MOST_REMEMBERED) REMEMBERED.set(character, plain);
  return plain;
}

function decompose(character: string): string | null {
  const plain = Array.from(character.normalize('NFKD'), (piece) => REPLACEMENTS.get(piece) ?? piece)
    .join('')
    .replace(/\p{M}/gu, '');
  if (plain !== '' && Array.from(plain).every((piece) => septetsOf(piece) > 0)) return plain;
  return /[\p{L}\p{N}]/u.test(character) ? null : '';
}
