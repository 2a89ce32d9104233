import { randomBytes } from 'node:crypto';

/** Letters and digits that are not confused when read out. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const SUFFIX = 8;

/** Draws random characters of an alphabet, uniformly. */
export function randomText(length: number, alphabet = ALPHABET): string {
  const fair = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length)
    for (const byte of randomBytes(length)) {
      if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length] ?? '';
    }
  return text;
}

/** Makes a slug that cannot be guessed from its name: `noel-7k3mq9x2`. */
export const newSlug = (name: string): string => `${slugOf(name)}-${randomText(SUFFIX)}`;

/** Turns words into a part of an address. */
function slugOf(words: string): string {
  const plain = words
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return plain.slice(0, 40).replaceAll(/^-+|(?<!-)-+$/g, '') || 'sms';
}

/** Says whether a text has the form of a slug. */
export const isSlug = (text: string): boolean => text.length <= 60 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
