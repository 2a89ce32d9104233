import type { KeyObject } from 'node:crypto';
import { keyedDigest, type VersionedKey } from './cipher.ts';

const DIGEST_BYTES = 32;

/**
 * Computes index₁ = HMAC(k₁, text), indexₙ₊₁ = HMAC(kₙ₊₁, indexₙ), with the oldest key first.
 *
 * A new layer is computed without the text, so the suppressions of erased people survive a change of keys.
 */
export function layeredIndex(layers: readonly KeyObject[], text: string): Buffer {
  const [first, ...later] = layers;
  if (first === undefined) throw new IndexKeysMissing('no index key');
  return later.reduce((index, key) => keyedDigest(key, index), keyedDigest(first, text));
}

/** Returns the version of the newest key under which a stored index was computed. */
const indexVersion = (kept: Buffer): number => (kept.length === DIGEST_BYTES ? 1 : kept.readUInt32BE(0));

/** Returns the stored form of a digest: bare under the first key, with the key's version in front under later ones. */
function keptAs(version: number, digest: Buffer): Buffer {
  if (version === 1) return digest;
  const head = Buffer.alloc(4);
  head.writeUInt32BE(version);
  return Buffer.concat([head, digest]);
}

/** An index key. A new one is not in force until the indexes of all rows are computed with it. */
export interface IndexLayer extends VersionedKey {
  readonly inForce: boolean;
  /** While the key is not in force: the greatest index, under the earlier keys, of the rows that were moved to it. */
  readonly reached: Buffer;
}

/** The index keys of a tenant, oldest first. */
export class IndexLayers {
  readonly #inForce: readonly IndexLayer[];
  readonly #next: IndexLayer | undefined;
  readonly #keys: readonly KeyObject[];

  constructor(layers: readonly IndexLayer[]) {
    this.#inForce = layers.filter(({ inForce }) => inForce);
    this.#next = layers.find(({ inForce }) => !inForce);
    this.#keys = this.#inForce.map(({ key }) => key);
  }

  /** All layers, with the one that is not in force yet: whoever has them computes the same indexes. */
  get layers(): readonly IndexLayer[] {
    return this.#next === undefined ? this.#inForce : [...this.#inForce, this.#next];
  }

  /** Returns the index that rows with this text have now. */
  of(text: string): Buffer {
    const settled = keptAs(this.#inForce.at(-1)?.version ?? 1, layeredIndex(this.#keys, text));
    const next = this.#next;
    return next !== undefined && settled.compare(next.reached) <= 0 ? withLayer(settled, next) : settled;
  }

  /** Returns the index under each layer, to find rows that are moved to a new key one by one. */
  every(text: string): Buffer[] {
    const all = [this.first(text)];
    for (const layer of this.layers.slice(1)) all.push(withLayer(all.at(-1) ?? Buffer.alloc(0), layer));
    return all;
  }

  /** Returns the index under the first key alone, which later keys do not change; for digests, never for a table. */
  first(text: string): Buffer {
    return layeredIndex(this.#keys.slice(0, 1), text);
  }

  /**
   * Computes a stored index under the layers that it lacks, up to that version; throws IndexKeysMissing when it is
   * unknown.
   */
  carried(kept: Buffer, upTo: number): Buffer {
    const layers = this.layers.filter(({ version }) => version <= upTo);
    if (layers.at(-1)?.version !== upTo) throw new IndexKeysMissing(`no index key ${upTo}`);
    return layers.filter(({ version }) => version > indexVersion(kept)).reduce(withLayer, kept);
  }
}

const withLayer = (kept: Buffer, { version, key }: IndexLayer): Buffer =>
  keptAs(version, keyedDigest(key, kept.subarray(-DIGEST_BYTES)));

/** Returns the text of which the blind index of a number in E.164 is computed. */
export const phoneIndexText = (e164: string): string => `phone|${e164}`;

/** Thrown when an index key is missing, so that no row can be found. */
export class IndexKeysMissing extends Error {
  override readonly name = 'IndexKeysMissing';
}
