import type { Words } from '../law/rule.ts';

/**
 * What a controller affirms before it may advertise to its own customers without asking them (CON-01).
 *
 * The conditions of the exception for existing customers, each in words that somebody signs.
 */
export const AFFIRMATIONS = {
  'sold-by-us': {
    fr: 'Chaque numéro vient d’une vente ou d’un service réels de notre société, jamais d’un compte, d’un devis ou d’une autre société.',
    en: 'Each number comes from a real sale or service of our company, never from an account, a quote or another company.',
  },
  'given-by-the-person': {
    fr: 'La personne a donné elle-même son numéro.',
    en: 'The person gave the number themselves.',
  },
  'told-at-collection': {
    fr: 'En le donnant, elle a été informée qu’il servirait à des offres par SMS.',
    en: 'When giving it, they were told that it would serve for offers by SMS.',
  },
  'refusal-offered': {
    fr: 'Elle a pu refuser simplement et sans frais à ce moment, et le peut à chaque message.',
    en: 'They could refuse simply and free of charge then, and can in each message.',
  },
  'similar-products': {
    fr: 'Les offres portent sur des produits ou services analogues à ceux qu’elle a achetés.',
    en: 'Offers are of products or services similar to those they bought.',
  },
} as const satisfies Readonly<Record<string, Words>>;

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
