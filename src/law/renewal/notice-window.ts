import { localDate } from '../calendar/local-date.ts';
import { DateTime } from 'luxon';
import { READ_ON, type Rule } from '../rule.ts';

/** Months before the last day to refuse between which the notice is due. */
const NOTICE_MONTHS = { earliest: 3, latest: 1 } as const;

/** REN-01: one renewal SMS inside the months in which the law wants its notice. */
export const noticeWindow: Rule = {
  id: 'REN-01',
  title: {
    fr: `Reconduction tacite : entre ${NOTICE_MONTHS.earliest} mois et ${NOTICE_MONTHS.latest} mois`,
    en: `Tacit renewal: between ${NOTICE_MONTHS.earliest} months and ${NOTICE_MONTHS.latest} month`,
  },
  level: 'LAW',
  source: 'Code de la consommation, art. L215-1 (le SMS complète la lettre, il ne la remplace pas)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2022-08-18',
  purposes: ['renewal'],
  reading: {
    fr: 'On compte depuis la date limite de refus, non depuis la fin du contrat. La borne tôt avance vers plus tard, la borne tard recule.',
    en: 'Months count back from the last day to refuse, not from the end. The early bound moves later, the late bound earlier.',
  },
  parameters: { earliest_months: NOTICE_MONTHS.earliest, latest_months: NOTICE_MONTHS.latest },
};

/** The first and last local dates of a renewal's notice; a shorter month gives its last day. */
export function noticeDates(refuseBy: string): { readonly firstOn: string; readonly lastOn: string } {
  const deadline = DateTime.fromISO(refuseBy, { zone: 'utc' });
  const monthsBefore = (months: number): string => localDate(deadline.minus({ months }));
  return { firstOn: monthsBefore(NOTICE_MONTHS.earliest), lastOn: monthsBefore(NOTICE_MONTHS.latest) };
}
