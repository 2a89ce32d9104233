/** Longer than that, words of an operator are cut. */
const LONGEST = 160;
const LONGEST_CODE = 64;

const HIDDEN = '…';

/** What may name a person or repeat what they were written: quotations, addresses, four digits and more. */
const NAMING = [
  /"[^"]*"|«[^»]*(?:»|$)|“[^”]*(?:”|$)|‘[^’]*(?:’|$)|'[^']*'(?![a-z])|`[^`]*`/giu,
  /(?<![^\s@])[^\s@]+@[^\s@]+/gu,
  /(?<![a-z+.-])[a-z+.-]*:\/\/\S+/giu,
  /\+?\d(?:[\s()./-]{0,2}\d){3,}/gu,
];

/** Why an operator refused, in its own words, without what may name a person; undefined when it says nothing. */
export function operatorWords(written: unknown, text: string): string | undefined {
  if (typeof written !== 'string') return undefined;
  const whole = text === '' ? written : written.replaceAll(text, HIDDEN);
  const hidden = NAMING.reduce((words, naming) => words.replaceAll(naming, HIDDEN), whole.slice(0, 2_000));
  const words = hidden
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .replaceAll(/…(?:\s*…)+/gu, HIDDEN)
    .trim();
  if (words === '' || words === HIDDEN) return undefined;
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1).trimEnd()}${HIDDEN}` : words;
}

/** A code of an operator's as it is kept and shown: letters, digits and a few signs. */
export const operatorCode = (written: string | number): string =>
  String(written)
    .replaceAll(/[^A-Za-z0-9_.:-]+/g, '_')
    .slice(0, LONGEST_CODE);
