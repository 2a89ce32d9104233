import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import { cleanValue, standIn } from '../../../src/sms/text/template.ts';

describe('a placeholder for a person’s word', () => {
  test.each([
    ['Anne', 'Xxxx'],
    ['Zoë', 'Xxê'],
    ['Łukasz', 'Xxxxxê'],
    ['5 €', 'Xx€'],
    ['😀', 'êê'],
    ['', ''],
  ])('for %j is %j', (word, sign) => {
    expect(standIn(word)).toBe(sign);
  });

  it('weighs the same without its letters', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(words, fc.constantFrom('Bonjour ', 'Œuvre : '), (word, before) => {
        const weighed = (value: string) => {
          const { encoding, units, parts } = measure(`${before}${value}. STOP`);
          return { encoding, units, parts };
        };
        // A mark that would join the letter before it joins nothing of the stand-in.
        fc.pre(cleanValue(`${before}${cleanValue(word)}`) === `${before}${cleanValue(word)}`);
        expect(weighed(standIn(word))).toEqual(weighed(cleanValue(word)));
      }),
    );
  });
});
