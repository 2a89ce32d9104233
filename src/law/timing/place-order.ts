import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** What tells where somebody is, the best known first. */
export const PLACE_ORDER = ['contact', 'postalCode', 'number', 'tenant'] as const;

/** TZ-01: which place decides, and that its origin is kept. */
export const placeOrder: Rule = {
  id: 'TZ-01',
  title: { fr: 'Le lieu du destinataire décide', en: 'The recipient’s place decides' },
  level: 'HOUSE',
  source: 'House policy, after the principle of Code de la consommation, art. D223-9 (calls)',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le fuseau et le territoire indiqués, sinon l’adresse, sinon le numéro, sinon ceux de l’expéditeur. Un lieu inconnu ferme. Qui peut être en plusieurs lieux ne reçoit rien tant que l’heure n’est permise dans chacun : sans île connue, les trois fuseaux de la Polynésie.',
    en: 'The zone and territory given, else the address, else the number, else the sender’s. An unknown place closes. Whoever may be in several places receives nothing unless the hour is lawful in each: all three zones of Polynesia where no island is known.',
  },
  parameters: { order: PLACE_ORDER },
};
