import { type Hit, hits } from './word-list.ts';

/** Words of advertising, without accents (CNIL, June 2026: one line of it is enough). */
const PROMOTIONAL = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[
    'promos?',
    'promotions?',
    'promotionnel(?:le)?s?',
    'offres?(?! d.emploi)',
    'offert(?:e|s|es)?',
    'soldes(?! de tout compte)',
    'ventes? (?:privee|flash)s?',
    'bons? (?:plan|d.achat|de reduction)s?',
    'codes? (?:promo|avantage|reduction|cadeau|parrain\\p{L}*)s?',
    'avec le code',
    'reductions?',
    'remise (?:de \\d|exceptionnelle|immediate|fidelite|supplementaire)\\p{L}*',
    'rabais',
    'destockage',
    'liquidation',
    'cadeaux?',
    'happy hour',
    'moitie prix',
    'remportez',
    'tentez votre chance',
    'tarifs? preferentiels?',
    'points? (?:bonus|doubles?)',
    '(?<!annulation |appel |numero |parking |service |parking est |acces )gratuit(?:e|s|es|ement)?',
    'gagne[rz]',
    'a gagner',
    'jeu[ -]?concours',
    'tirage au sort',
    'parraine[rz]?',
    'parrainage',
    'profite[rz]',
    'exclusivites?',
    'nouvelle collection',
    'nouveautes?',
    'prix (?:casses?|reduits?|mini)',
    'petits? prix',
    'a partir de \\d+(?:[.,]\\d+)? ?(?:€|eur|euros)',
    'black friday',
    'french days',
    'revenez',
    'reabonnez',
    'decouvrez',
    'derniere chance',
    'discounts?',
    'special offers?',
    'on sale',
    'vouchers?',
    'coupons?',
    'deals?',
    'for free',
    'free (?:gift|delivery|trial|shipping)',
    'win',
    'limited time',
  ].join(
    '|',
  )})(?![\\p{L}\\p{N}])|(?<![\\d,.])- ?\\d{1,2} ?%|\\d{1,2} ?% (?:de )?(?:reduction|remise|rabais|off|offerts?|sur|discount)`,
  'gu',
);

/** Invitations to book again: advertising unless the plan of care says so. */
const RECALL =
  /(?<!\p{L})(?:prenez|reprenez|pensez a prendre) (?:un |votre |un nouveau )?(?:rdv|rendez[- ]vous)|derniere visite/gu;

/** Service messages that people expect whatever they agreed to: they have a purpose of their own. */
const SERVICE =
  /(?<!\p{L})(?:rappel de (?:votre )?(?:rdv|rendez[- ]vous)|votre (?:rdv|rendez[- ]vous) (?:du|de|le|est|a)\b|(?:votre )?echeance (?:de|du) |votre (?:facture|prelevement|mensualite)|(?:votre )?(?:contrat|abonnement) (?:\p{L}+ )?(?:se renouvelle|arrive a echeance|prend fin|sera (?:renouvele|reconduit))|impayee?s?|votre (?:colis|commande) (?:est|n|a ete|arrive)|(?:your )?appointment (?:on|is|of)|your (?:invoice|instalment))/gu;

/** Finds words of a service message. */
export const serviceWords = (text: string): readonly Hit[] => hits(text, SERVICE);

/** Finds advertising words. */
export const promotionalWords = (text: string): readonly Hit[] => hits(text, PROMOTIONAL);

/** Finds words that call a customer back, where only a person can separate advertising from care. */
export const recallWords = (text: string): readonly Hit[] => hits(text, RECALL);
