import type { Purpose } from '../../rule/index.ts';
import { languageOf, wordsIn } from '../../words/index.ts';

/** The default texts of Bonheure. */
export const TEXT_NAMES = [
  'appointment',
  'moved',
  'cancelled',
  'renewal',
  'ending',
  'schedule',
  'schedule-summary',
  'payment',
  'overdue',
  'stop-marketing',
  'stop-reminder',
  'stop-all',
  'contact',
  'start',
  'confirmation-code',
  'confirmation-link',
] as const;

/** A key of `TEXT_PURPOSES`; every language has a text of this name. */
export type TextName = (typeof TEXT_NAMES)[number];

/** The purpose of each text, hence its variables and its opt-out. */
export const TEXT_PURPOSES: Readonly<Record<TextName, Purpose>> = {
  appointment: 'appointment',
  moved: 'appointment',
  cancelled: 'appointment',
  renewal: 'renewal',
  ending: 'renewal',
  schedule: 'payment',
  'schedule-summary': 'payment',
  payment: 'payment',
  overdue: 'payment',
  'stop-marketing': 'acknowledgement',
  'stop-reminder': 'acknowledgement',
  'stop-all': 'acknowledgement',
  contact: 'acknowledgement',
  start: 'acknowledgement',
  'confirmation-code': 'confirmation',
  'confirmation-link': 'confirmation',
};

/** Returns the default text of a name in the language of a locale. */
export function defaultText(name: TextName, locale: string): string {
  return wordsIn(languageOf(locale)).defaultSms[name];
}
