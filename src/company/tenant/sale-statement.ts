import { bilingual } from '../../words/index.ts';

/**
 * The conditions of the exception for existing customers, which a controller affirms and signs before it may
 * advertise to them without consent (CON-01).
 */
export const AFFIRMATIONS = bilingual.tenant.sale;

/** One condition of a statement. */
export type Affirmation = keyof typeof AFFIRMATIONS;

/** A signed statement; the controller keeps the paper itself. */
export interface SaleStatement {
  /** The place where the signed paper is kept. */
  readonly documentRef: string;
  /** ISO date. */
  readonly signedOn: string;
  /** The function of the signer; nobody's name. */
  readonly signedAs: string;
  readonly affirms: readonly Affirmation[];
}

/** Lists the conditions that a statement does not affirm; all of them are required. */
export const leftUnsaid = ({ affirms }: Pick<SaleStatement, 'affirms'>): string[] =>
  Object.keys(AFFIRMATIONS).filter((one) => !affirms.some((said) => said === one));
