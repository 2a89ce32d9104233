import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPhoneByBlock, readPhone } from '../../../src/sms/number/phone-number.ts';

const written = fc
  .tuple(
    fc.constantFrom('0', '+33', '00 33 ', '33', '+33 0'),
    fc.constantFrom('6', '7'),
    fc.stringMatching(/^\d{8}$/),
    fc.constantFrom('', ' ', '.', '-'),
  )
  .map(([prefix, kind, rest, sign]) => `${prefix}${kind}${(rest.match(/\d\d/g) ?? []).join(sign)}`);

const overseas = fc
  .tuple(
    fc.constantFrom('0639', '0690', '0691', '0692', '0693', '0694', '0696', '0697', '0709', '063998'),
    fc.stringMatching(/^\d{8}$/),
  )
  .map(([block, rest]) => `${block}${rest}`.slice(0, 10));

const hint = fc.record({
  region: fc.constantFrom(undefined, 'FR', 'RE', 'BE', 'GP'),
  territory: fc.constantFrom(undefined, 'FR' as const, 'YT' as const, 'MF' as const),
});

describe('a number read by its block', () => {
  it('matches a single reading, also when cached', () => {
    fc.assert(
      fc.property(fc.oneof(written, overseas), fc.stringMatching(/^\d{4}$/), hint, (text, other, where) => {
        const neighbour = `${text.slice(0, -4)}${other}`;
        for (const number of [text, neighbour, text])
          expect(readPhoneByBlock(number, where)).toEqual(readPhone(number, where));
      }),
      { numRuns: 400 },
    );
  });
});
