import type { KeyObject } from 'node:crypto';
import { keyedDigest, type VersionedKey } from './cipher.ts';

const DIGEST_BYTES = 32;

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

/** Returns the version of the last layer of a stored index. */
const indexVersion = (kept: Buffer): number => (kept.length === DIGEST_BYTES ? 1 : kept.readUInt32BE(0));

/** Returns the stored form: under the first key the bare digest, later the version in front. */
function keptAs(version: number, digest: Buffer): Buffer {
  if (version === 1) return digest;
  const head = Buffer.alloc(4);
  head.writeUInt32BE(version);
  return Buffer.concat([head, digest]);
}

/** A layer; a new one may be known before all indexes are computed with it. */
export interface IndexLayer extends VersionedKey {
  readonly inForce: boolean;
  /** While it is not in force: the greatest index of the earlier layers that was moved to it. */
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

  /** All layers, also one being introduced: every holder of these computes the same. */
  get layers(): readonly IndexLayer[] {
    return [...this.#inForce, ...this.#coming()];
  }

  /** Returns the index of this text in every row now. */
  of(text: string): Buffer {
    const settled = keptAs(this.#inForce.at(-1)?.version ?? 1, layeredIndex(this.#keys, text));
    const next = this.#next;
    return next !== undefined && settled.compare(next.reached) <= 0 ? withLayer(settled, next) : settled;
  }

  /** Returns the index under each layer: for rows that are moved one by one. */
  every(text: string): Buffer[] {
    const all = [keptAs(1, layeredIndex(this.#keys.slice(0, 1), text))];
    for (const layer of [...this.#inForce.slice(1), ...this.#coming()])
      all.push(withLayer(all.at(-1) ?? Buffer.alloc(0), layer));
    return all;
  }

  /** The index under the first key alone, which no later key changes; for digests, never for a table. */
  first(text: string): Buffer {
    return layeredIndex(this.#keys.slice(0, 1), text);
  }

  /** Moves a stored index of any age to the layers up to that version; throws IndexKeysMissing for an unknown one. */
  carried(kept: Buffer, upTo: number): Buffer {
    const layers = [...this.#inForce, ...this.#coming()].filter(({ version }) => version <= upTo);
    if (layers.at(-1)?.version !== upTo) throw new IndexKeysMissing(`no index key ${upTo}`);
    return layers.filter(({ version }) => version > indexVersion(kept)).reduce(withLayer, kept);
  }

  #coming(): readonly IndexLayer[] {
    return this.#next === undefined ? [] : [this.#next];
  }
}

const withLayer = (kept: Buffer, { version, key }: IndexLayer): Buffer =>
  keptAs(version, keyedDigest(key, kept.subarray(-DIGEST_BYTES)));

/** The text that is digested into the blind index of a number in E.164. */
export const phoneIndexText = (e164: string): string => `phone|${e164}`;

/** Thrown for a tenant without an index key, where nobody can be found. */
export class IndexKeysMissing extends Error {
  override readonly name = 'IndexKeysMissing';
}
