import fc from 'fast-check';
import { expect, it } from 'vitest';
import { e164Of, internationalOf, numbersOf } from '../../../../src/gateways/http/read-call.ts';
import { readPhone } from '../../../../src/sms/index.ts';

/** Country codes with the beginnings and the length of their mobile numbers. */
const PLANS: readonly (readonly [code: string, begins: readonly string[], length: number])[] = [
  ['33', ['6', '7'], 9],
  ['590', ['690', '691', '709'], 9],
  ['594', ['694'], 9],
  ['596', ['696', '697'], 9],
  ['262', ['692', '693', '639'], 9],
  ['508', ['55', '4'], 6],
  ['508', ['7084'], 9],
  ['681', ['7', '82'], 6],
  ['687', ['7', '8', '9'], 6],
  ['689', ['87', '89'], 8],
];

const mobile = fc
  .constantFrom(
    ...PLANS.flatMap(([code, begins, length]) => begins.map((begin) => ({ code, begin, length }))),
  )
  .chain(({ code, begin, length }) =>
    fc
      .string({
        unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'),
        minLength: 9,
        maxLength: 9,
      })
      .map((digits) => ({ code, national: (begin + digits).slice(0, length) })),
  )
  .filter(({ code, national }) => readPhone(`+${code}${national}`).kind === 'mobile');

const spaced = (digits: string): string => digits.replaceAll(/(\d\d)(?=\d)/g, '$1 ');

const spellings = (code: string, national: string): readonly string[] =>
  ['+', '00', ''].flatMap((sign) =>
    ['', '0'].flatMap((zero) => {
      const digits = code + zero + national;
      return [`${sign}${digits}`, `${sign}${code} ${zero}${national}`, `${sign} ${spaced(digits)}`.trim()];
    }),
  );

it('operators and imports give one number', () => {
  fc.assert(
    fc.property(mobile, ({ code, national }) => {
      for (const written of spellings(code, national)) {
        const reading = readPhone(written);
        if (reading.kind !== 'mobile') continue;
        expect([written, ...numbersOf(written)]).toContain(reading.e164);
        // Without a plus, nine digits of the Pacific are read as a mainland mobile in an import.
        if (reading.e164 !== `+${code}${national}`) continue;
        expect([written, e164Of(written)]).toEqual([written, reading.e164]);
        expect([written, internationalOf(written)]).toEqual([written, reading.e164]);
      }
    }),
    { numRuns: 500 },
  );
});

it('every number with its country is read', () => {
  fc.assert(
    fc.property(mobile, ({ code, national }) => {
      const e164 = `+${code}${national}`;
      for (const written of [e164, e164.slice(1), `00${code}${national}`, spaced(e164.slice(1))])
        expect([written, internationalOf(written)]).toEqual([written, e164]);
    }),
    { numRuns: 500 },
  );
});
