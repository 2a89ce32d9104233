import { bilingual } from '../../words/index.ts';

/**
 * What a controller affirms before it may advertise to its own customers without asking them (CON-01).
 *
 * The conditions of the exception for existing customers, each in words that somebody signs.
 */
export const AFFIRMATIONS = bilingual.tenant.sale;

/** One of them. */
export type Affirmation = keyof typeof AFFIRMATIONS;

/** A statement as it was signed; the paper itself is kept by the controller. */
export interface SaleStatement {
  /** Where the signed paper is kept. */
  readonly documentRef: string;
  /** ISO date. */
  readonly signedOn: string;
  /** The function in which it was signed; nobody's name. */
  readonly signedAs: string;
  readonly affirms: readonly Affirmation[];
}

/** What a statement leaves unsaid; nothing of it may be. */
export const leftUnsaid = ({ affirms }: Pick<SaleStatement, 'affirms'>): string[] =>
  Object.keys(AFFIRMATIONS).filter((one) => !affirms.some((said) => said === one));
