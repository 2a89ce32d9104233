/** Words found in a text, as written there. */
export interface Hit {
  /** Position in UTF-16 units of the composed text. */
  readonly at: number;
  readonly words: string;
}

/**
 * Removes accents and case, one unit for each of the original. A list of words is then written once, and a hit
 * keeps its position.
 */
export function folded(text: string): string {
  if (text !== last.text) last = { text, bare: Array.from(text, bare).join('') };
  return last.bare;
}

/** A dozen lists read the same text one after the other. */
let last = { text: '', bare: '' };

function bare(character: string): string {
  const known = REMEMBERED.get(character);
  if (known !== undefined) return known;
  const found = plain(character);
  if (REMEMBERED.size < MOST_REMEMBERED) REMEMBERED.set(character, found);
  return found;
}

const REMEMBERED = new Map<string, string>();
const MOST_REMEMBERED = 2_000;

function plain(character: string): string {
  const letter = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const same =
    letter.length === character.length ? letter : character.length === 1 ? (letter[0] ?? ' ') : character;
  return same
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[‐‑–—−]/g, '-')
    .replace(/[\u00a0\u202f\u2009]/g, ' ');
}

/** Finds every match of a pattern; patterns are written without accents. */
export function hits(text: string, pattern: RegExp): Hit[] {
  return Array.from(folded(text).matchAll(pattern), ({ index, 0: found }) => ({
    at: index,
    words: text.slice(index, index + found.length),
  }));
}
