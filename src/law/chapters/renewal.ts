import { DateTime } from 'luxon';
import { localDate, dated, type Term, READ_ON, type Rule, type Provision } from '../../rule/index.ts';
import { howLong, withDe } from '../span.ts';

const REN_01_TERM: Term = { id: 'REN-01', inForceFrom: '2022-08-18' };

/** The notice is due between these months before the last day to refuse. */
const NOTICE_MONTHS = dated([REN_01_TERM, { earliest: 3, latest: 1 }]);

const [earliest, latest] = [
  howLong({ months: NOTICE_MONTHS.on(REN_01_TERM.inForceFrom).earliest }),
  howLong({ months: NOTICE_MONTHS.on(REN_01_TERM.inForceFrom).latest }),
];

/** REN-01: one renewal SMS inside the months in which the law wants its notice. */
const REN_01: Provision = {
  ...REN_01_TERM,
  title: {
    fr: `Reconduction tacite : entre ${earliest.fr} et ${latest.fr}`,
    en: `Tacit renewal: between ${earliest.en} and ${latest.en}`,
  },
  level: 'LAW',
  source: 'Code de la consommation, art. L215-1 (le SMS complète la lettre, il ne la remplace pas)',
  confidence: 'secondary',
  readOn: READ_ON,
  purposes: ['renewal'],
};

const noticeWindow: Rule = {
  ...REN_01,
  reading: {
    fr: 'On compte depuis la date limite de refus, non depuis la fin du contrat. La borne tôt avance vers plus tard, la borne tard recule.',
    en: 'Months count back from the last day to refuse, not from the end. The early bound moves later, the late bound earlier.',
  },
  parameters: {
    earliest_months: NOTICE_MONTHS.map(({ earliest: months }) => months),
    latest_months: NOTICE_MONTHS.map(({ latest: months }) => months),
  },
};

/** Returns the first and last local dates of a renewal's notice; a shorter month gives its last day. */
export function noticeDates(refuseBy: string): { readonly firstOn: string; readonly lastOn: string } {
  const deadline = DateTime.fromISO(refuseBy, { zone: 'utc' });
  const monthsBefore = (months: number): string => localDate(deadline.minus({ months }));
  const months = NOTICE_MONTHS.on(refuseBy);
  return { firstOn: monthsBefore(months.earliest), lastOn: monthsBefore(months.latest) };
}

/** REN-02: an SMS is never the legal notice. */
const noticeProof: Rule = {
  id: 'REN-02',
  title: { fr: 'Le SMS n’est pas l’avis légal', en: 'The SMS is not the legal notice' },
  level: 'LAW',
  source: 'Code de la consommation, art. L215-1',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2022-08-18',
  purposes: ['renewal'],
  reading: {
    fr: 'L’avis est une lettre nominative ou un courrier électronique dédié, date limite en encadré : sa référence est demandée.',
    en: 'The notice is a named letter or dedicated e-mail with the deadline in a box: its reference is asked for.',
  },
  parameters: {},
};

const REN_03_TERM: Term = { id: 'REN-03', inForceFrom: '2022-08-18' };

/** Days before the last day to refuse by which the notice must be sent. */
const LATEST_DAYS = dated([REN_03_TERM, 15]);

/**
 * Days that the insured have to refuse after a late notice is sent; only the reading of REN-03 uses them. Source: Code
 * des assurances, art. L113-15-1, as others quote it, in force and read on the dates of REN-03.
 */
const DAYS_AFTER_LATE_NOTICE = dated([REN_03_TERM, 20]);

const [before, more] = [
  howLong({ days: LATEST_DAYS.on(REN_03_TERM.inForceFrom) }),
  howLong({ days: DAYS_AFTER_LATE_NOTICE.on(REN_03_TERM.inForceFrom) }),
];

/** REN-03: an insurance contract has its own notice, due so many days before the deadline. */
const REN_03: Provision = {
  ...REN_03_TERM,
  title: {
    fr: `Assurance : ${before.fr} avant la date limite`,
    en: `Insurance: ${before.en} before the deadline`,
  },
  level: 'LAW',
  source: 'Code des assurances, art. L113-15-1 (le SMS complète l’avis d’échéance, il ne le remplace pas)',
  confidence: 'secondary',
  readOn: READ_ON,
  purposes: ['renewal'],
};

const insuranceNotice: Rule = {
  ...REN_03,
  reading: {
    fr: `L’avis d’échéance rappelle la date limite ; envoyé moins ${withDe(before.fr)} avant, il ouvre ${more.fr} pour refuser, comptés de son envoi. Un SMS part donc au plus tard ${before.fr} avant.`,
    en: `The premium notice recalls the deadline; sent less than ${before.en} before, it opens ${more.en} to refuse, counted from its sending. So one SMS leaves ${before.en} before at the latest.`,
  },
  parameters: { latest_days: LATEST_DAYS },
};

/** Returns the last local date of an insurance notice; it has no earliest date. */
export const insuranceNoticeLastOn = (refuseBy: string): string =>
  localDate(DateTime.fromISO(refuseBy, { zone: 'utc' }).minus({ days: LATEST_DAYS.on(refuseBy) }));

/** The rules on renewals of contracts. */
export const renewalRules: readonly Rule[] = [noticeWindow, noticeProof, insuranceNotice];
