import { READ_ON, SINCE_EVER } from '../../rule/index.ts';
import { closedDays, sameHours, type Profile } from './hours.ts';

/** The default of advertising: the article’s hours. */
export const advertisingHours: Profile = {
  id: 'fr-seed-strict',
  title: { fr: 'Publicité, règle de l’article', en: 'Advertising, the article’s rule' },
  defaultFor: ['marketing', 'acknowledgement', 'confirmation'],
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France »',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-01',
  ...sameHours('08:00', '20:00'),
  ...closedDays,
};
