import { READ_ON, REMINDERS, SINCE_EVER, type Rule, type Words } from '../rule.ts';
import type { Direction } from '../decision.ts';
import { functional } from '../profile/functional.ts';
import { inFrench } from '../profile/hours.ts';
import type { TimingRule } from '../timing-rule.ts';
import { outsideHours } from './sending-hours.ts';

/** What a plan keeps between now and a reminder, in minutes. */
export const PLAN_FLOOR_MINUTES = 5;

/** What a correction keeps between itself and its event, in minutes. */
export const CORRECTION_LEAD_MINUTES = 120;

/** Which way a closed wish moves, unless it lies before the opening of an open day. */
export const REMINDERS_MOVE: Direction = 'earlier';

/** What must be left of the lead, or of what was left when it was booked, for a reminder to leave later. */
export const LEAST_SHARE_LEFT = 0.5;

/** What a reminder keeps between itself and its event, in minutes, unless its lead was short. */
export const LEAST_LEAD_MINUTES = 120;

/** A lead below so many minutes is short: the share of it is kept instead. */
export const SHORT_LEAD_MINUTES = 240;

/** What may become of a reminder that was booked too late for its wish; the default first. */
export const IF_LATE = ['next-lawful', 'skip'] as const;

/** One of them. */
export type IfLate = (typeof IF_LATE)[number];

/** What becomes of it when nobody said. */
export const USUAL_IF_LATE: IfLate = 'next-lawful';

const { opens, closes } = functional.weekdays;

const SHARE = LEAST_SHARE_LEFT * 100;
const LEAST_HOURS = LEAST_LEAD_MINUTES / 60;
const SHORT_HOURS = SHORT_LEAD_MINUTES / 60;

const named = (ifLate: IfLate): Words => ({
  fr: `ifLate: ${ifLate}${ifLate === USUAL_IF_LATE ? ', par défaut' : ''}`,
  en: `ifLate: ${ifLate}${ifLate === USUAL_IF_LATE ? ', the default' : ''}`,
});

/** How a reminder moves, a sentence for each case. */
const movement: Words = {
  fr: [
    `Souhaité avant l’ouverture d’un jour ouvert, il part à cette ouverture s’il reste au moins ${SHARE} % du préavis.`,
    `À toute autre heure fermée, il ${REMINDERS_MOVE === 'earlier' ? 'avance' : 'recule'}.`,
    `Réservé trop tard pour l’heure souhaitée, ou pour avancer, il part au prochain moment permis s’il reste alors au moins ${SHARE} % de ce qui restait (${named('next-lawful').fr}), ou ne part pas (${named('skip').fr}), et la personne est à appeler.`,
    `Rien ne part dans les ${LEAST_HOURS} heures avant l’événement ; d’un préavis de moins de ${SHORT_HOURS} heures, il en reste au moins ${SHARE} %.`,
  ].join(' '),
  en: [
    `Wished before the opening of an open day, it leaves at that opening when at least ${SHARE}% of the lead is left.`,
    `At any other closed hour it moves ${REMINDERS_MOVE}.`,
    `Booked too late for its wish, or to move ${REMINDERS_MOVE}, it leaves at the next lawful moment when at least ${SHARE}% of what was left is left then (${named('next-lawful').en}), or is skipped (${named('skip').en}), and the person is to be called.`,
    `Nothing leaves within ${LEAST_HOURS} hours before the event; of a lead shorter than ${SHORT_HOURS} hours, at least ${SHARE}% is left.`,
  ].join(' '),
};

const provision: Rule = {
  id: 'WIN-04',
  title: { fr: 'Heures des rappels', en: 'Hours of reminders' },
  level: 'HOUSE',
  source: 'House policy; af2m, Charte Business Messaging 2026, §B.3 (no hours for functional messages)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  reading: {
    fr: `La charte ne limite pas les rappels ; nous les gardons entre ${inFrench(opens)} et ${inFrench(closes)}, jamais à partir de l’événement. ${movement.fr}`,
    en: `The charter sets reminders no hours; we keep them between ${opens} and ${closes}, never from the event on. ${movement.en}`,
  },
  parameters: {
    profile: functional.id,
    opens,
    closes,
    shift: REMINDERS_MOVE,
    least_share_left: LEAST_SHARE_LEFT,
    if_late: USUAL_IF_LATE,
    least_lead_minutes: LEAST_LEAD_MINUTES,
    short_lead_minutes: SHORT_LEAD_MINUTES,
    floor_minutes: PLAN_FLOOR_MINUTES,
    correction_lead_minutes: CORRECTION_LEAD_MINUTES,
  },
};

/** WIN-04: reminders leave inside the hours of our own policy. */
export const reminderHours: TimingRule = {
  ...provision,
  bars: (at, conditions) =>
    conditions.profile.hoursRule === provision.id ? outsideHours(provision, at, conditions) : undefined,
};
