import { CannotStart } from '../errors.ts';

/** Fewer different characters than words, hexadecimal digits or random letters of that length have. */
const FEWEST = 8;

/** Words that whoever guesses the key of this program begins with; what is left of a key without them must do. */
export const GUESSED_WORDS = [
  'bonheure',
  'admin',
  'instance',
  'tenant',
  'password',
  'motdepasse',
  'secret',
  'changeme',
  'default',
  'azerty',
  'qwerty',
  'sms',
  'key',
  'test',
] as const;

/** Whether somebody would guess a key: few characters, one piece again and again, a row of neighbours, or words alone. */
export function isGuessable(key: string): boolean {
  return [key, withoutWords(key)].some((some) => new Set(some).size < FEWEST) || repeats(key) || isRow(key);
}

/** Whoever guesses a key is an admin: refuses to start by it. */
export function refuseGuessable(name: string, key: string | undefined): void {
  if (key !== undefined && isGuessable(key))
    throw new CannotStart(
      `${name} is a key that somebody would guess: give another, such as one that openssl rand -hex 24 makes.`,
    );
}

const withoutWords = (key: string): string =>
  GUESSED_WORDS.reduce((left, word) => left.replaceAll(word, ''), key.toLowerCase());

/** Whether a key is a piece of at most half its length, again and again. */
function repeats(key: string): boolean {
  for (let length = 1; length <= key.length / 2; length += 1)
    if (key.startsWith(key.slice(length))) return true;
  return false;
}

/** Rows of keyboards, one after the other, as fingers walk along them. */
const KEYBOARDS = ['qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn', 'qwertzuiopasdfghjklyxcvbnm'];

/** Whether more than half of the characters follow the one before them, as in 123456, abcdef or azerty. */
function isRow(key: string): boolean {
  const letters = Array.from(key.toLowerCase());
  const neighbours = letters.filter((letter, at) => at > 0 && isBeside(letter, letters[at - 1] ?? ''));
  return neighbours.length > key.length / 2;
}

function isBeside(letter: string, before: string): boolean {
  if (Math.abs((letter.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0)) <= 1) return true;
  return KEYBOARDS.some((row) => row.includes(before + letter) || row.includes(letter + before));
}
