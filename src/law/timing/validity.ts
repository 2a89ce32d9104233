import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** WIN-07: a message dies before its window closes or its event comes. */
export const validity: Rule = {
  id: 'WIN-07',
  title: { fr: 'Validité du message', en: 'Validity of the message' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'H',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un SMS qui attend un téléphone éteint ne doit arriver ni après la fermeture, ni après l’événement, ni après sa date limite.',
    en: 'An SMS that waits for a switched-off phone must not arrive after the close, the event or its own limit.',
  },
  parameters: { ends: ['window', 'eventAt', 'expireAt'] },
};
