/** Letters and digits that are not confused and that no phone takes for the end of an address. */
export const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Letters of one block of a cipher: 58^22 is the first power that exceeds 2^128. */
export const BLOCK_LENGTH = 22;

/** Encodes a block of 16 bytes in letters, with a constant length. */
export function lettersOf(block: Buffer): string {
  let rest = BigInt(`0x${block.toString('hex')}`);
  let text = '';
  for (let place = 0; place < BLOCK_LENGTH; place += 1) {
    text = LETTERS.charAt(Number(rest % 58n)) + text;
    rest /= 58n;
  }
  return text;
}

/** Decodes letters to a block; undefined when they encode none. */
export function blockIn(letters: string): Buffer | undefined {
  if (letters.length !== BLOCK_LENGTH) return undefined;
  let whole = 0n;
  for (const letter of letters) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return undefined;
    whole = whole * 58n + BigInt(value);
  }
  const digits = whole.toString(16).padStart(32, '0');
  return digits.length === 32 ? Buffer.from(digits, 'hex') : undefined;
}

/** Returns the id in a block; most forgeries contain no UUID at all. */
export function idIn(block: Buffer): string | undefined {
  const text = block.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return /^.{14}[47].{4}[89ab]/.test(text) ? text : undefined;
}
