import type { TenantKeys } from '../../platform/index.ts';
import { decisiveMarks, marksOf, type DatedProof } from './consent-proof.ts';

/** Returns keyed digests that identify a proof: kept with a suppression when the proofs are removed. */
export const spentMarks = (keys: Pick<TenantKeys, 'digest'>, proof: DatedProof): string[] =>
  marksOf(proof).map((mark) => digestOf(keys, mark));

/** Says whether a person since erased already showed this proof: then it ends no suppression. */
export function isSpent(
  keys: Pick<TenantKeys, 'digest'>,
  proof: DatedProof,
  spent: readonly string[],
): boolean {
  if (spent.length === 0) return false;
  return decisiveMarks(proof).some((mark) => spent.includes(digestOf(keys, mark)));
}

const digestOf = (keys: Pick<TenantKeys, 'digest'>, mark: string): string =>
  keys.digest(`proof|${mark}`).toString('hex');
