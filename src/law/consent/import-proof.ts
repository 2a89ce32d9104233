import { READ_ON, SINCE_EVER, type Rule } from '../rule.ts';

/** CON-06: a list without a proof per row is refused. */
export const importProof: Rule = {
  id: 'CON-06',
  title: { fr: 'Pas de fichier sans preuve ligne à ligne', en: 'No list without a proof per row' },
  level: 'LAW',
  source: 'CNIL, SAN-2024-004 (Hubside.Store) et SAN-2025-001 (Solocal)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: 'Qui utilise des données achetées ou transmises vérifie lui-même le consentement de chacun.',
    en: 'Whoever uses bought or transmitted data verifies each consent himself.',
  },
  parameters: {},
};
