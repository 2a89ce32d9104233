import type { KeyObject } from 'node:crypto';
import { keyedDigest } from './cipher.ts';

/**
 * index₁ = HMAC(k₁, text), indexₙ₊₁ = HMAC(kₙ₊₁, indexₙ): oldest key first.
 *
 * A new layer needs no plaintext, so the suppressions of erased people survive a re-keying.
 */
export function layeredIndex(layers: readonly KeyObject[], text: string): Buffer {
  const [first, ...later] = layers;
  if (first === undefined) throw new IndexKeysMissing('no index key');
  return later.reduce((index, key) => keyedDigest(key, index), keyedDigest(first, text));
}

/** A tenant without an index key can find nobody. */
export class IndexKeysMissing extends Error {
  override readonly name = 'IndexKeysMissing';
}
