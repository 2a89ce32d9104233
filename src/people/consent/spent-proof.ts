import type { TenantKeys } from '../../platform/index.ts';
import { decisiveMarks, marksOf, type DatedProof } from './consent-proof.ts';

/** Keyed digests of what tells a proof from another: kept with a suppression when the proofs themselves go. */
export const spentMarks = (keys: Pick<TenantKeys, 'digest'>, proof: DatedProof): string[] =>
  marksOf(proof).map((mark) => digestOf(keys, mark));

/** Whether a proof was already shown by somebody who has been erased since: it ends no suppression. */
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
