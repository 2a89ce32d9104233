import { READ_ON, SINCE_EVER } from '../../rule/index.ts';
import { closedDays, sameHours, type Profile } from './hours.ts';

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
