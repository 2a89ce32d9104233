import { READ_ON, type Rule } from '../rule.ts';

/** Since the last sign that came from the person. */
export const CONTACT_KEPT = 'P3Y';

/** RET-01: how long a contact is kept. */
export const contactRetention: Rule = {
  id: 'RET-01',
  title: { fr: 'Durée de vie d’un contact', en: 'Life of a contact' },
  level: 'LAW',
  source: 'RGPD, art. 5(1)(e) ; CNIL, référentiel de gestion commerciale',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing'],
  reading: {
    fr: 'Trois ans depuis le dernier contact venu de la personne ; client : la relation, puis trois ans.',
    en: 'Three years since the last contact from the person; customer: the relation, then three years.',
  },
  parameters: { after: CONTACT_KEPT },
};
