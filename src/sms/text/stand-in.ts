import { septetsOf } from '../encoding/gsm7.ts';
import { cleanValue } from './rendering.ts';

const [PLAIN, ESCAPED, COSTLY] = ['x', '€', 'ê'];

/** Returns a placeholder for personal words: the same weight in every encoding, no content. */
export function standIn(value: string): string {
  const weighed = Array.from(cleanValue(value), signsOf);
  const many = (sign: string): number => weighed.filter((signs) => signs[0] === sign).join('').length;
  const letters = PLAIN.repeat(many(PLAIN)) + ESCAPED.repeat(many(ESCAPED)) + COSTLY.repeat(many(COSTLY));
  return letters.replace(/^x/, 'X');
}

/** Returns signs of the same kind and number as the character takes. */
function signsOf(character: string): string {
  const septets = septetsOf(character);
  if (septets === 0) return COSTLY.repeat(character.length);
  return septets === 1 ? PLAIN : ESCAPED;
}
