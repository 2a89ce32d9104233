import { READ_ON, SINCE_EVER, type Rule } from '../rule.ts';

/** How long before the close the last message leaves, unless somebody says otherwise. */
export const MARGIN_MS = 0;

/** WIN-08: a campaign stops before the close and goes on at the next opening. */
export const draining: Rule = {
  id: 'WIN-08',
  title: { fr: 'Une campagne s’écoule dans la fenêtre', en: 'A campaign drains inside the window' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: 'Rien de nouveau n’est confié à l’opérateur après la fermeture moins la marge ; le reste attend l’ouverture suivante.',
    en: 'Nothing new is handed to the operator after the close minus the margin; the rest waits for the next opening.',
  },
  parameters: { marginMs: MARGIN_MS },
};
