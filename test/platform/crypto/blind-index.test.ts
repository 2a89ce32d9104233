import { describe, expect, it } from 'vitest';
import { IndexKeysMissing, layeredIndex } from '../../../src/crypto/blind-index.ts';
import { keyedDigest, keyOf, newKeyBytes } from '../../../src/crypto/cipher.ts';

const [first, second] = [keyOf(1, newKeyBytes()).key, keyOf(2, newKeyBytes()).key];

describe('the blind index of a number', () => {
  it('is stable per key, different across keys', () => {
    expect(layeredIndex([first], '+33612345678')).toEqual(layeredIndex([first], '+33612345678'));
    expect(layeredIndex([first], '+33612345678')).not.toEqual(layeredIndex([second], '+33612345678'));
  });

  // So erased people stay suppressed.
  it('takes a new key without the number', () => {
    const before = layeredIndex([first], '+33612345678');
    expect(layeredIndex([first, second], '+33612345678')).toEqual(keyedDigest(second, before));
  });

  it('is refused without a key', () => {
    expect(() => layeredIndex([], '+33612345678')).toThrow(IndexKeysMissing);
  });
});
