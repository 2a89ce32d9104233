import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** Parts above which a text is refused unless the author says otherwise: our own choice. */
export const MAX_PARTS = 3;

/** TXT-02: parts are counted on the text that leaves. */
export const partsOfFinalText: Rule = {
  id: 'TXT-02',
  title: { fr: 'Parties comptées sur le texte final', en: 'Parts counted on the final text' },
  level: 'VENDOR',
  source: '3GPP 23.038 ; pages des opérateurs',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: `Après fusion et mention, personne par personne : un prénom accentué change l’alphabet. Plus de ${MAX_PARTS} parties : refusé, sauf si l’auteur l’admet (notre choix).`,
    en: `After merge and mention, person by person: an accented first name changes the alphabet. More than ${MAX_PARTS} parts are refused unless the author admits them (our own choice).`,
  },
  parameters: { max_parts: MAX_PARTS },
};
