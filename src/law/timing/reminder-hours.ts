import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';
import type { Direction } from '../decision.ts';
import { functional } from '../profile/functional.ts';
import { inFrench } from '../profile/hours.ts';
import type { TimingRule } from '../timing-rule.ts';
import { outsideHours } from './sending-hours.ts';

/** What a plan keeps between now and a reminder, in minutes. */
export const PLAN_FLOOR_MINUTES = 5;

/** What a correction keeps between itself and its event, in minutes. */
export const CORRECTION_LEAD_MINUTES = 120;

/** Which way a closed wish moves. */
export const REMINDERS_MOVE: Direction = 'earlier';

const { opens, closes } = functional.weekdays;

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
    fr: `La charte ne limite pas les rappels ; nous les gardons entre ${inFrench(opens)} et ${inFrench(closes)}. Un rappel avance, jamais il ne suit son événement.`,
    en: `The charter sets reminders no hours; we keep them between ${opens} and ${closes}. A reminder moves earlier and never follows its event.`,
  },
  parameters: {
    profile: functional.id,
    opens,
    closes,
    shift: REMINDERS_MOVE,
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
