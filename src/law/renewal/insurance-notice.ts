import { DateTime } from 'luxon';
import { localDate } from '../calendar/local-date.ts';
import { READ_ON, type Rule } from '../rule.ts';

/** Days before the last day to refuse by which the notice has left. */
const LATEST_DAYS = 15;

/** REN-03: an insurance contract has its own notice, at least 15 days before the deadline. */
export const insuranceNotice: Rule = {
  id: 'REN-03',
  title: {
    fr: 'Assurance : quinze jours avant la date limite',
    en: 'Insurance: fifteen days before the deadline',
  },
  level: 'LAW',
  source: 'Code des assurances, art. L113-15-1 (le SMS complète l’avis d’échéance, il ne le remplace pas)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2022-08-18',
  purposes: ['renewal'],
  reading: {
    fr: 'L’avis d’échéance rappelle la date limite ; envoyé moins de quinze jours avant, il ouvre vingt jours de plus. Un SMS part donc au plus tard quinze jours avant.',
    en: 'The premium notice recalls the deadline; sent less than fifteen days before, it opens twenty more days. So one SMS leaves fifteen days before at the latest.',
  },
  parameters: { latest_days: LATEST_DAYS },
};

/** The last local date of an insurance notice; nothing bounds it on the early side. */
export const insuranceNoticeLastOn = (refuseBy: string): string =>
  localDate(DateTime.fromISO(refuseBy, { zone: 'utc' }).minus({ days: LATEST_DAYS }));
