import { READ_ON, SINCE_EVER, type Rule } from '../../rule/index.ts';

/** FRQ-01: how often a person may be written to. */
const frequencyCap: Rule = {
  id: 'FRQ-01',
  title: { fr: 'Plafond de fréquence', en: 'Frequency cap' },
  level: 'HOUSE',
  source: 'House policy; the legal cap of D223-9 is for calls alone',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing'],
  reading: {
    fr: 'Aucun, sauf si le responsable en fixe un.',
    en: 'None, unless the controller sets one.',
  },
  parameters: {},
};

/** The chapter of FRQ rules, as printed in docs/law.md. */
export const frequencyRules: readonly Rule[] = [frequencyCap];
