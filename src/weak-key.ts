/** Fewer different characters than words, hexadecimal digits or random letters of that length have. */
const FEWEST = 8;

/** Whether somebody would guess a key: few characters, one piece again and again, or a row of neighbours. */
export function isGuessable(key: string): boolean {
  return new Set(key).size < FEWEST || repeats(key) || isRow(key);
}

/** Whether a key is a piece of at most half its length, again and again. */
function repeats(key: string): boolean {
  for (let length = 1; length <= key.length / 2; length += 1)
    if (key.startsWith(key.slice(length))) return true;
  return false;
}

/** Whether more than half of the characters follow the one before them, as in 123456 or abcdef. */
function isRow(key: string): boolean {
  const codes = Array.from(key, (letter) => letter.codePointAt(0) ?? 0);
  const neighbours = codes.filter((code, at) => at > 0 && Math.abs(code - (codes[at - 1] ?? 0)) <= 1);
  return neighbours.length > key.length / 2;
}
