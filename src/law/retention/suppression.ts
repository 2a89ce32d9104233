import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** The least; ours has no end while the controller advertises. */
export const SUPPRESSION_KEPT = 'P3Y';

/** RET-02: how long a suppression is kept. */
export const suppressionRetention: Rule = {
  id: 'RET-02',
  title: { fr: 'Durée de vie d’une opposition', en: 'Life of a suppression' },
  level: 'LAW',
  source: 'RGPD, art. 21 ; CNIL, référentiel de gestion commerciale',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Au moins trois ans, en empreinte à clé ; nous la gardons aussi longtemps que le responsable fait de la publicité.',
    en: 'At least three years, as a keyed fingerprint; we keep it as long as the controller advertises.',
  },
  parameters: { at_least: SUPPRESSION_KEPT },
};
