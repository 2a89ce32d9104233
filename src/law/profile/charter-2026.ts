import { READ_ON } from '../rule.ts';
import { sameHours, type Profile } from './hours.ts';

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
