import { DateTime } from 'luxon';
import { basisAllowed, type Basis } from '../../law/chapters/consent.ts';
import type { Day } from '../../law/dated.ts';
import type { Evidence } from './consent-proof.ts';
import type { ConsentPurpose } from './purpose.ts';

/** The basis that a tenant chose for a purpose, where it is not consent. */
export type ChosenBases = Readonly<Partial<Record<ConsentPurpose, Basis>>>;

const SALE = ['saleRef', 'saleAt', 'informedAt', 'productFamily'] as const;

/** A purpose and its possible basis, on a day. */
export interface BasisAsked {
  readonly purpose: ConsentPurpose;
  readonly basis: Basis;
  readonly on: Day;
}

/** Says whether a tenant may use a basis for a purpose (CON-01, CON-02). */
export function isOpenBasis({ purpose, basis, on }: BasisAsked, chosen: ChosenBases): boolean {
  const { allowed, onlyIfOpened } = basisAllowed(purpose, basis, on);
  return allowed && (!onlyIfOpened || chosen[purpose] === basis);
}

/** One opening or closing of advertising to a tenant's customers; a closing may lack its opening. */
export interface CustomersTurn {
  /** ISO instant. */
  readonly at: string;
  readonly isOpen: boolean;
}

/** Says whether advertising to customers was open at an instant, by changes in order; the present state without any. */
export function customersOpenAt(turns: readonly CustomersTurn[], at: DateTime, isOpenNow: boolean): boolean {
  const before = turns.findLast((turn) => DateTime.fromISO(turn.at) <= at);
  if (before !== undefined) return before.isOpen;
  // Before its first change the setting had the opposite value.
  const [first] = turns;
  return first === undefined ? isOpenNow : !first.isOpen;
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
