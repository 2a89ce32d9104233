/** Words met in a text, as written there. */
export interface Hit {
  /** Position in UTF-16 units of the composed text. */
  readonly at: number;
  readonly words: string;
}

/**
 * The text without accents or case, one unit for each of the original.
 *
 * A list of words is then written once, and a hit keeps its place.
 */
export function folded(text: string): string {
  return Array.from(text, (character) => {
    const bare = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    return bare.length === character.length ? bare : character.length === 1 ? (bare[0] ?? ' ') : character;
  })
    .join('')
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[‐‑–—−]/g, '-')
    .replace(/[\u00a0\u202f\u2009]/g, ' ');
}

/** Every place of a text where a pattern stands; patterns are written without accents. */
export function hits(text: string, pattern: RegExp): Hit[] {
  return Array.from(folded(text).matchAll(pattern), ({ index, 0: found }) => ({
    at: index,
    words: text.slice(index, index + found.length),
  }));
}
