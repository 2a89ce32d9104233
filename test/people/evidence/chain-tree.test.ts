import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_LINKS,
  GrowingTree,
  inclusionPath,
  rootOf,
  treeRoot,
  type Leaves,
} from '../../../src/people/evidence/chain.ts';

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const link = (position: number): Buffer => sha256(Buffer.from(String(position)));

/** The Merkle tree hash, exactly as RFC 6962 §2.1 defines it. */
function mth(entries: readonly Buffer[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Buffer.from([0]), only);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha256(Buffer.from([1]), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

const many = (count: number): Buffer[] => Array.from({ length: count }, (_, position) => link(position));

function leavesOf(entries: readonly Buffer[], remembers: boolean): Leaves & { readonly read: () => number } {
  let read = 0;
  return {
    read: () => read,
    hashes: async (from, until) => {
      expect(until - from).toBeLessThanOrEqual(BLOCK_LINKS);
      read += until - from;
      return entries.slice(from, until);
    },
    block: async (index) =>
      remembers ? rootOf(entries.slice(index * BLOCK_LINKS, (index + 1) * BLOCK_LINKS)) : undefined,
  };
}

/** Computes the root from a leaf and its audit path (RFC 6962 §2.1.1). */
function climbed(hash: Buffer, path: readonly Buffer[], [index, size]: readonly [number, number]): Buffer {
  if (size === 1) return sha256(Buffer.from([0]), hash);
  let k = 1;
  while (k * 2 < size) k *= 2;
  const [below, sibling] = [path.slice(0, -1), path.at(-1) ?? Buffer.alloc(0)];
  return index < k
    ? sha256(Buffer.from([1]), climbed(hash, below, [index, k]), sibling)
    : sha256(Buffer.from([1]), sibling, climbed(hash, below, [index - k, size - k]));
}

describe('the tree over a chain', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 100, 1_023, 1_024, 1_025, 3_000])(
    'over %i links follows RFC 6962',
    async (size) => {
      const entries = many(size);
      expect(rootOf(entries)).toEqual(mth(entries));
      expect(await treeRoot(leavesOf(entries, true), size)).toEqual(mth(entries));
      expect(await treeRoot(leavesOf(entries, false), size)).toEqual(mth(entries));
    },
  );

  it('leads from any link to any root', async () => {
    const entries = many(2_500);
    for (const size of [1, 2, 3, 6, 7, 1_024, 1_025, 2_048, 2_049, 2_500]) {
      const root = mth(entries.slice(0, size));
      for (const index of [0, 1, Math.floor(size / 2), size - 2, size - 1].filter(
        (at) => at >= 0 && at < size,
      )) {
        const path = await inclusionPath(leavesOf(entries, true), index, size);
        expect(
          climbed(entries[index] ?? Buffer.alloc(0), path, [index, size]),
          `${index} of ${size}`,
        ).toEqual(root);
      }
    }
  });

  it('reads two blocks for a path at most', async () => {
    const entries = many(20_000);
    const leaves = leavesOf(entries, true);
    await inclusionPath(leaves, 12_345, 20_000);
    expect(leaves.read()).toBeLessThanOrEqual(2 * BLOCK_LINKS);
  });

  it('shows its root at any size', () => {
    const tree = new GrowingTree();
    const entries = many(70);
    for (const [index, entry] of entries.entries()) {
      tree.add(entry);
      expect(tree.root()).toEqual(mth(entries.slice(0, index + 1)));
    }
  });
});
