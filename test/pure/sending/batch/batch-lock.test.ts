import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchLock } from '../../../../src/sending/batch/own.repository.ts';

describe('the lock of a batch', () => {
  it('is a bigint that PostgreSQL takes', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const lock = BigInt(batchLock(id));
        expect(lock >= -(2n ** 63n) && lock < 2n ** 63n).toBe(true);
      }),
    );
  });

  it.each([
    ['00000000-0000-0000-0000-000000000000', '0'],
    ['00000000-0000-0001-0000-000000000000', '1'],
    ['00000000-0000-0000-0000-000000000002', '2'],
    ['ffffffff-ffff-ffff-0000-000000000000', '-1'],
    ['80000000-0000-0000-0000-000000000000', '-9223372036854775808'],
  ])('of %s is %s', (id, lock) => {
    expect(batchLock(id)).toBe(lock);
  });

  it('differs between batches of the same millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => `01912f5a-0000-7000-${crypto.randomUUID().slice(19)}`);
    expect(new Set(ids.map(batchLock)).size).toBe(ids.length);
  });
});
