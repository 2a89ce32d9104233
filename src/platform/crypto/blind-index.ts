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

/** The version of the last layer of an index as tables keep it. */
const indexVersion = (kept: Buffer): number => (kept.length === DIGEST_BYTES ? 1 : kept.readUInt32BE(0));

/** As tables keep it: under the first key the bare digest, later the version in front. */
function keptAs(version: number, digest: Buffer): Buffer {
  if (version === 1) return digest;
  const head = Buffer.alloc(4);
  head.writeUInt32BE(version);
  return Buffer.concat([head, digest]);
}

/** A layer, which may be known before all indexes carry it. */
export interface IndexLayer extends VersionedKey {
  readonly inForce: boolean;
  /** While it is not in force: the greatest index under the layers before that was carried to it. */
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

  /** All of them, also one on its way: whoever is given these computes the same. */
  get layers(): readonly IndexLayer[] {
    return [...this.#inForce, ...this.#coming()];
  }

  /** The index under which every row of this text stands now. */
  of(text: string): Buffer {
    const settled = keptAs(this.#inForce.at(-1)?.version ?? 1, layeredIndex(this.#keys, text));
    const next = this.#next;
    return next !== undefined && settled.compare(next.reached) <= 0 ? withLayer(settled, next) : settled;
  }

  /** The index under each layer: for rows that are carried on one by one. */
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

  /** An index of any age under every layer up to that version; throws IndexKeysMissing when it is not known. */
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

/** What the blind index of a number in E.164 is made of. */
export const phoneText = (e164: string): string => `phone|${e164}`;

/** A tenant without an index key can find nobody. */
export class IndexKeysMissing extends Error {
  override readonly name = 'IndexKeysMissing';
}
