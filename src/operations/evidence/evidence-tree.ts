import type { Transaction } from '../../platform/index.ts';
import { readAnchorsOver, type Anchor, inclusionPath, leavesOf } from '../../people/index.ts';

/** How one event is reached from what an authority stamped. */
export interface EvidencePath {
  readonly position: number;
  /** How many links stood under the anchor. */
  readonly anchor: number;
  /** Siblings from leaf to root, in hexadecimal. */
  readonly path: readonly string[];
}

/** The anchors that speak of some positions, and the ways to them. */
export interface EvidenceTree {
  readonly anchors: readonly Anchor[];
  readonly paths: readonly EvidencePath[];
}

/**
 * Ways from events to the anchor that reached each first, and to the newest one.
 *
 * The first cannot have been made after a later rewriting; the newest vouches for all at once.
 */
export async function evidenceTree(tx: Transaction, positions: readonly number[]): Promise<EvidenceTree> {
  const anchors = await readAnchorsOver(tx, 'consent', positions);
  const newest = anchors.at(-1);
  if (newest === undefined) return { anchors, paths: [] };
  const leaves = await leavesOf(tx, 'consent');
  const paths: EvidencePath[] = [];
  for (const position of positions) {
    const first = anchors.find((anchor) => anchor.position >= position);
    for (const { position: anchor } of new Set([first, newest].filter((one) => one !== undefined))) {
      if (anchor < position) continue;
      const path = await inclusionPath(leaves, position - 1, anchor);
      paths.push({ position, anchor, path: path.map((hash) => hash.toString('hex')) });
    }
  }
  return { anchors, paths };
}
