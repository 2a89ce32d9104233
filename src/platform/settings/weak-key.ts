import { CannotStart } from '../base/cannot-start.ts';

/** Words, hexadecimal digits or random letters of that length have more different characters. */
const FEWEST = 8;

/** Words with which guesses at a key of this program begin; the rest of the key must do without them. */
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

/** Says whether a key is guessable: few characters, one piece repeated, a run of neighbours, or words alone. */
export function isGuessable(key: string): boolean {
  return [key, withoutWords(key)].some((some) => new Set(some).size < FEWEST) || repeats(key) || isRow(key);
}

/** Refuses to start with a guessable key, which would make its guesser an admin. */
export function refuseGuessable(name: string, key: string | undefined): void {
  if (key !== undefined && isGuessable(key))
    throw new CannotStart(
      `${name} is a key that somebody would guess: give another, such as one that openssl rand -hex 24 makes.`,
    );
}

const withoutWords = (key: string): string =>
  GUESSED_WORDS.reduce((left, word) => left.replaceAll(word, ''), key.toLowerCase());

/** Says whether a key repeats one piece of at most half its length. */
function repeats(key: string): boolean {
  for (let length = 1; length <= key.length / 2; length += 1)
    if (key.startsWith(key.slice(length))) return true;
  return false;
}

/** Keyboard rows, one after the other. */
const KEYBOARDS = ['qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn', 'qwertzuiopasdfghjklyxcvbnm'];

/** Says whether more than half of the characters follow their predecessor, as in 123456, abcdef or azerty. */
function isRow(key: string): boolean {
  const letters = Array.from(key.toLowerCase());
  const neighbours = letters.filter((letter, at) => at > 0 && isBeside(letter, letters[at - 1] ?? ''));
  return neighbours.length > key.length / 2;
}

function isBeside(letter: string, before: string): boolean {
  if (Math.abs((letter.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0)) <= 1) return true;
  return KEYBOARDS.some((row) => row.includes(before + letter) || row.includes(letter + before));
}
