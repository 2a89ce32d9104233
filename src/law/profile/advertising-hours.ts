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

/** The operators’ charter, until the last of February 2026. */
export const charter2024: Profile = {
  id: 'fr-charter-2024',
  title: { fr: 'Publicité, charte af2m de 2024', en: 'Advertising, af2m charter of 2024' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging du 1er septembre 2024',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  inForceUntil: '2026-02-28',
  hoursRule: 'WIN-01',
  ...sameHours('08:00', '22:00'),
  ...closedDays,
  softDays: 'discouraged',
};

/** The operators’ charter in force. */
export const charter2026: Profile = {
  id: 'fr-charter-2026',
  title: { fr: 'Publicité, charte af2m de 2026', en: 'Advertising, af2m charter of 2026' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging 2026, §B.3',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2026-03-01',
  hoursRule: 'WIN-01',
  ...sameHours('08:00', '21:30'),
  sundays: 'discouraged',
  holidays: 'discouraged',
  softDays: 'open',
};

/** The hours that no text read forbids. */
export const ultra: Profile = {
  id: 'fr-ultra',
  title: {
    fr: 'Publicité, la plus étroite des règles lues',
    en: 'Advertising, the narrowest of all rules read',
  },
  level: 'HOUSE',
  source: 'Intersection of every charter and vendor page read',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  hoursRule: 'WIN-01',
  ...sameHours('10:00', '20:00'),
  saturday: { opens: '10:00', closes: '18:00' },
  ...closedDays,
};
