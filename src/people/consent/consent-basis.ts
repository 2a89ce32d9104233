import { DateTime } from 'luxon';
import { basisAllowed, type Basis } from '../../law/chapters/consent.ts';
import type { Day } from '../../law/dated.ts';
import type { Evidence } from './consent-proof.ts';
import type { ConsentPurpose } from './purpose.ts';

/** The basis that a tenant chose for a purpose, where it is not consent. */
export type ChosenBases = Readonly<Partial<Record<ConsentPurpose, Basis>>>;

const SALE = ['saleRef', 'saleAt', 'informedAt', 'productFamily'] as const;

/** A purpose and the basis that it would rest on, on a day. */
export interface BasisAsked {
  readonly purpose: ConsentPurpose;
  readonly basis: Basis;
  readonly on: Day;
}

/** Whether a purpose may rest on a basis at this tenant (CON-01, CON-02). */
export function isOpenBasis({ purpose, basis, on }: BasisAsked, chosen: ChosenBases): boolean {
  const { allowed, onlyIfOpened } = basisAllowed(purpose, basis, on);
  return allowed && (!onlyIfOpened || chosen[purpose] === basis);
}

/** When a tenant opened or closed advertising to its customers; it may have closed what it never opened. */
export interface CustomersTurn {
  /** ISO instant. */
  readonly at: string;
  readonly isOpen: boolean;
}

/** Whether advertising to customers was open at an instant, by turns in their order; without any, as it is now. */
export function customersOpenAt(turns: readonly CustomersTurn[], at: DateTime, isOpenNow: boolean): boolean {
  const before = turns.findLast((turn) => DateTime.fromISO(turn.at) <= at);
  if (before !== undefined) return before.isOpen;
  // What a turn brought was not so before it.
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
