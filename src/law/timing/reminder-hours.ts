import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';
import type { TimingRule } from '../timing-rule.ts';
import { outsideHours } from './sending-hours.ts';

/** What a plan keeps between now and a reminder, in minutes. */
export const PLAN_FLOOR_MINUTES = 5;

/** What a correction keeps between itself and its event, in minutes. */
export const CORRECTION_LEAD_MINUTES = 120;

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
    fr: 'La charte ne limite pas les rappels ; nous les gardons entre 8h00 et 20h00. Un rappel avance, jamais il ne suit son événement.',
    en: 'The charter sets reminders no hours; we keep them between 08:00 and 20:00. A reminder moves earlier and never follows its event.',
  },
  parameters: {
    profile: 'fr-functional',
    opens: '08:00',
    closes: '20:00',
    shift: 'earlier',
    never_after_event: true,
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
