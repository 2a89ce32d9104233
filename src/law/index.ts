import { marketingConsent } from './consent/marketing-consent.ts';
import { minor } from './consent/minor.ts';
import { reminderBasis } from './consent/reminder-basis.ts';
import { acknowledgement } from './opt-out/acknowledgement.ts';
import { noticeWindow } from './renewal/notice-window.ts';
import { standsOn, type Language, type Rule, type TimingRule } from './rule.ts';
import { draining } from './timing/draining.ts';
import { holidayRest } from './timing/holiday-rest.ts';
import { lastLook } from './timing/last-look.ts';
import { placeOrder } from './timing/place-order.ts';
import { profileInForce } from './timing/profile-in-force.ts';
import { reminderHours } from './timing/reminder-hours.ts';
import { sendingHours } from './timing/sending-hours.ts';
import { sundayRest } from './timing/sunday-rest.ts';
import { validity } from './timing/validity.ts';
import { wallTimeFirst } from './timing/wall-time.ts';

/** The rules on *when*, in the order of the texts. */
export const timingRules: readonly TimingRule[] = [sendingHours, sundayRest, holidayRest, reminderHours];

/** Every rule, in the order of the texts. */
export const rules: readonly Rule[] = [
  ...timingRules,
  profileInForce,
  lastLook,
  validity,
  draining,
  placeOrder,
  wallTimeFirst,
  marketingConsent,
  reminderBasis,
  minor,
  acknowledgement,
  noticeWindow,
];

/** The edition of the rules; a change of any rule or profile changes it. */
export const rulesVersion = '2026-10-01.1';

/** A rule as the outside reads it. */
export interface PrintedRule extends Omit<Rule, 'title' | 'reading' | 'quotation'> {
  readonly title: string;
  /** The words where they were read, else our reading. */
  readonly text: string;
  readonly quoted: boolean;
  readonly reading: string;
}

/** The rules in force on a local date, in one language. */
export function rulesInForce(on: string, language: Language = 'fr'): readonly PrintedRule[] {
  return rules.filter((rule) => standsOn(rule, on)).map((rule) => printed(rule, language));
}

function printed(rule: Rule, language: Language): PrintedRule {
  const { id, level, source, confidence, readOn, inForceFrom, purposes, parameters } = rule;
  const reading = rule.reading[language];
  return {
    id,
    level,
    source,
    confidence,
    readOn,
    inForceFrom,
    purposes,
    parameters,
    reading,
    ...(rule.inForceUntil === undefined ? {} : { inForceUntil: rule.inForceUntil }),
    title: rule.title[language],
    text: rule.quotation?.words ?? reading,
    quoted: rule.quotation !== undefined,
  };
}
