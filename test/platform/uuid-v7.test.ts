import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../src/base/random.ts';

describe('an id of version 7', () => {
  it('has the standard’s shape and sorts by time', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 47 }), fc.integer({ min: 1, max: 1_000_000 }), (at, later) => {
        const [one, other] = [uuidV7(at), uuidV7(at + later)];
        expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(one < other).toBe(true);
      }),
    );
  });
});
