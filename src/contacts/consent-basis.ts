import { basisAllowed, type Basis } from '../law/bases.ts';
import type { Evidence } from './consent-proof.ts';
import type { ConsentPurpose } from './purpose.ts';

/** The basis that a tenant chose for a purpose, where it is not consent. */
export type ChosenBases = Readonly<Partial<Record<ConsentPurpose, Basis>>>;

const SALE = ['saleRef', 'saleAt', 'informedAt', 'productFamily'] as const;

/** Whether a purpose may rest on a basis at this tenant (CON-01, CON-02). */
export function isOpenBasis(purpose: ConsentPurpose, basis: Basis, chosen: ChosenBases): boolean {
  const { allowed, onlyIfOpened } = basisAllowed(purpose, basis);
  return allowed && (!onlyIfOpened || chosen[purpose] === basis);
}

/** The fields that would prove a basis other than consent. */
export function missingForBasis(
  purpose: ConsentPurpose,
  basis: Exclude<Basis, 'consent'>,
  evidence: Evidence,
): string[] {
  const lacks = (field: string): boolean => (evidence[field] ?? '').trim() === '';
  if (basis === 'contract') return ['contractRef'].filter(lacks);
  if (purpose !== 'marketing') return ['justification'].filter(lacks);
  const offered = evidence['refusalOffered'] === 'true' ? [] : ['refusalOffered'];
  return [...SALE.filter(lacks), ...offered];
}
