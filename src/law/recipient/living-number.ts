import { READ_ON, SINCE_EVER, type Rule } from '../rule.ts';

/** After so long an operator may have given the number to somebody else. */
export const LIVES_MONTHS = 24;

/** NUM-02: a number without a sign of life from its person may belong to another by now. */
export const livingNumber: Rule = {
  id: 'NUM-02',
  title: {
    fr: 'Pas de numéro sans signe de vie depuis deux ans',
    en: 'No number without a sign of life for two years',
  },
  level: 'HOUSE',
  source: 'House policy; numbers that are given back are given out again',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: 'Un signe de vie est une réponse, un clic, un achat, une visite ou un accord, jamais un accusé de réception. Tant qu’aucun n’a été dit, la date est inconnue et rien n’est exclu à ce titre.',
    en: 'A sign of life is a reply, a click, a purchase, a visit or an agreement, never a receipt. While none was told the date is unknown, and nobody is excluded for it.',
  },
  parameters: { lives_months: LIVES_MONTHS },
};
