import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audienceCountsOf } from '../../../src/campaigns/run/run.repository.ts';
import { closes } from '../../support/instance.ts';

const counts = fc.array(
  fc.record({
    state: fc.constantFrom(
      'ready',
      'submitting',
      'accepted',
      'delivered',
      'undelivered',
      'excluded',
      'failed',
      'expired',
      'uncertain',
    ),
    reason: fc.constantFrom(null, 'SUPPRESSED', 'NO_BASIS', 'MINOR'),
    count: fc.nat(10_000),
  }),
);

describe('accounts (I2)', () => {
  it('close whatever became of the audience', () => {
    fc.assert(
      fc.property(counts, (some) => {
        const unique = [...new Map(some.map((one) => [`${one.state} ${one.reason}`, one])).values()];
        expect(closes(audienceCountsOf(unique))).toBe(true);
      }),
    );
  });

  it('count what was delivered among what was accepted', () => {
    expect(
      audienceCountsOf([
        { state: 'ready', reason: null, count: 1 },
        { state: 'submitting', reason: null, count: 2 },
        { state: 'accepted', reason: null, count: 4 },
        { state: 'delivered', reason: null, count: 8 },
        { state: 'undelivered', reason: null, count: 16 },
        { state: 'excluded', reason: 'MINOR', count: 32 },
        { state: 'excluded', reason: 'NO_BASIS', count: 64 },
        { state: 'uncertain', reason: 'RESET', count: 128 },
      ]),
    ).toEqual({
      audience: 255,
      pending: 3,
      accepted: 28,
      delivered: 8,
      undelivered: 16,
      excluded: { MINOR: 32, NO_BASIS: 64 },
      failed: 0,
      expired: 0,
      uncertain: 128,
    });
  });
});
