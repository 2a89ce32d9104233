import {
  septetsAt,
  septetsIn,
  septetsOf,
  septetParts,
  unitParts,
  type Encoding,
  type Reference,
  type Weight,
} from './parts.ts';

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
