import type { Facts } from '../translation.ts';

/** Halts, and the statement about sales. */
export const tenant = {
  halt: {
    all: 'Tout est arrêté',
    account: ({ gateway }: Facts<'gateway'>) => `Le compte ${gateway} est arrêté`,
    accountForAll: ({ gateway }: Facts<'gateway'>) =>
      `Le compte ${gateway} est arrêté pour toutes les sociétés de cette instance`,
    since: ({ moment }: Facts<'moment'>) => ` depuis ${moment}`,
    by: ({ name }: Facts<'name'>) => `, par ${name}`,
    because: ({ reason }: Facts<'reason'>) => ` : « ${reason} »`,
  },
  sale: {
    'sold-by-us':
      'Chaque numéro vient d’une vente ou d’un service réels de notre société, jamais d’un compte, d’un devis ou d’une autre société.',
    'given-by-the-person': 'La personne a donné elle-même son numéro.',
    'told-at-collection': 'En le donnant, elle a été informée qu’il servirait à des offres par SMS.',
    'refusal-offered': 'Elle a pu refuser simplement et sans frais à ce moment, et le peut à chaque message.',
    'similar-products': 'Les offres portent sur des produits ou services analogues à ceux qu’elle a achetés.',
  },
} as const;
