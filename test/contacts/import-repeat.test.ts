import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LastLines } from '../../src/contacts/last-lines.ts';
import { NumberSet } from '../../src/contacts/number-set.ts';

const number = fc.oneof(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 50 }));

describe('the numbers that a file was seen to hold', () => {
  it('are new once each', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 3_000 }), (numbers) => {
        const [seen, known] = [new NumberSet(), new Set<number>()];
        for (const one of numbers) {
          expect(seen.add(one)).toBe(!known.has(one));
          known.add(one);
        }
      }),
    );
  });

  it('keep the last line of each, however many', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 3_000 }), (numbers) => {
        const [lines, known] = [new LastLines(), new Map<number, number>()];
        for (const [line, one] of numbers.entries()) {
          lines.set(one, line);
          known.set(one, line);
        }
        expect(lines.size).toBe(known.size);
        for (const [one, line] of known) expect(lines.get(one)).toBe(line);
        expect(lines.get(1_000_000)).toBe(known.get(1_000_000));
      }),
    );
  });
});
