import { septetsOf } from './gsm7.ts';

/** What decomposition cannot find: punctuation of word processors, ligatures, signs. */
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

function pairs(instead: string, characters: string): [string, string][] {
  return Array.from(characters, (character) => [character, instead]);
}

/**
 * The GSM-7 writing of a character that has none of its own.
 *
 * Empty for what may vanish (an emoji, a zero-width sign); null for a letter or digit with no equivalent.
 */
export function plainCharacter(character: string): string | null {
  const known = INSTEAD.get(character);
  if (known !== undefined) return known;
  const plain = REMEMBERED.has(character) ? (REMEMBERED.get(character) ?? null) : decomposed(character);
  if (REMEMBERED.size < MOST_REMEMBERED) REMEMBERED.set(character, plain);
  return plain;
}

/** Decomposing costs more than counting, and the same few letters come back. */
const REMEMBERED = new Map<string, string | null>();
const MOST_REMEMBERED = 2_000;

function decomposed(character: string): string | null {
  const plain = Array.from(character.normalize('NFKD'), (piece) => INSTEAD.get(piece) ?? piece)
    .join('')
    .replace(/\p{M}/gu, '');
  if (plain !== '' && Array.from(plain).every((piece) => septetsOf(piece) > 0)) return plain;
  return /[\p{L}\p{N}]/u.test(character) ? null : '';
}
