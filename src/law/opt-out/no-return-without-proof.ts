import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** OPT-10: only a new proof lifts a suppression. */
export const noReturnWithoutProof: Rule = {
  id: 'OPT-10',
  title: { fr: 'Pas de retour sans preuve nouvelle', en: 'No return without new proof' },
  level: 'LAW',
  source: 'RGPD, art. 7(1) et 21(3)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le nouveau consentement est donné et enregistré après le STOP, avec une preuve qui n’a jamais servi.',
    en: 'The new consent is given and recorded after the STOP, with a proof never used before.',
  },
  parameters: {},
};
