import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** After the consent was last of use. */
export const PROOF_KEPT = 'P5Y';

/** RET-03: how long a proof of consent is kept. */
export const proofRetention: Rule = {
  id: 'RET-03',
  title: { fr: 'Durée de vie d’une preuve', en: 'Life of a proof' },
  level: 'HOUSE',
  source: 'House policy, after Code civil, art. 2224',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Tant que le consentement sert, puis cinq ans, en archive à accès restreint.',
    en: 'While the consent is used, then five years, in an archive of restricted access.',
  },
  parameters: { after: PROOF_KEPT },
};
