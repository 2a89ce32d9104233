import type { Person } from './person.ts';

/** Shorter values of attributes are common words: `oui`, `Lyon`. */
const TELLING_LENGTH = 6;
/** The digits of a national number without its prefix. */
const NATIONAL_DIGITS = 9;

/** Says whether a text identifies the person: by their number in any notation, their name, or other known data. */
export function namesPerson(person: Person, text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  const number = person.phone.replaceAll(/\D/g, '').slice(-NATIONAL_DIGITS);
  if (number !== '' && digits.includes(number)) return true;
  const words = wordsOf(text);
  return tellingOf(person).some((telling) => words.includes(wordsOf(telling)));
}

/** A first name alone may be the operator's; with a last name, the last name identifies. */
function tellingOf({ firstName, lastName, attributes }: Person): string[] {
  const values = Object.values(attributes).filter(
    (value): value is string => typeof value === 'string' && value.length >= TELLING_LENGTH,
  );
  const name = lastName ?? firstName;
  return (name === undefined ? values : [name, ...values]).filter(
    (telling) => wordsOf(telling).trim() !== '',
  );
}

/** Lower case, without accents, one space around each word. */
function wordsOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();
  return ` ${plain.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
}
