import type { TenantKeys } from '../database/vault.ts';
import type { DatedProof } from './consent-proof.ts';

/** Keyed digests of what tells a proof from another: kept with a suppression when the proofs themselves go. */
export function marksOf(keys: Pick<TenantKeys, 'digest'>, { evidence, occurredAt }: DatedProof): string[] {
  const { documentRef, ip } = evidence;
  return [
    ...(documentRef === undefined ? [] : [mark(keys, 'documentRef', documentRef)]),
    ...(ip === undefined ? [] : [mark(keys, 'ip', ip)]),
    mark(keys, 'occurredAt', occurredAt),
  ];
}

/** Whether a proof was already shown by somebody who has been erased since: it ends no suppression. */
export function isSpent(
  keys: Pick<TenantKeys, 'digest'>,
  proof: DatedProof,
  spent: readonly string[],
): boolean {
  if (spent.length === 0) return false;
  const { documentRef } = proof.evidence;
  const marks =
    documentRef === undefined || documentRef.trim() === ''
      ? marksOf(keys, proof)
      : [mark(keys, 'documentRef', documentRef)];
  return marks.some((one) => spent.includes(one));
}

const mark = (keys: Pick<TenantKeys, 'digest'>, field: string, value: string): string =>
  keys.digest(`proof|${field}|${value}`).toString('hex');
