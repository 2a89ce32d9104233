import { callNotice } from './consent/call-notice.ts';
import { completeProof } from './consent/complete-proof.ts';
import { importProof } from './consent/import-proof.ts';
import { marketingConsent } from './consent/marketing-consent.ts';
import { minor } from './consent/minor.ts';
import { oneBoxPerPurpose } from './consent/one-box-per-purpose.ts';
import { reminderBasis } from './consent/reminder-basis.ts';
import { frequencyCap } from './frequency/cap.ts';
import { acknowledgement } from './opt-out/acknowledgement.ts';
import { contactAnswer } from './opt-out/contact-answer.ts';
import { immediateEffect } from './opt-out/immediate-effect.ts';
import { marketingMention } from './opt-out/marketing-mention.ts';
import { noReturnWithoutProof } from './opt-out/no-return-without-proof.ts';
import { operatorBlacklist } from './opt-out/operator-blacklist.ts';
import { reminderWayOut } from './opt-out/reminder-way-out.ts';
import { stopScope } from './opt-out/scope.ts';
import { suppressionAtMark } from './opt-out/suppression-at-mark.ts';
import { stopWords } from './opt-out/words.ts';
import { mobileNumber } from './recipient/mobile-number.ts';
import { access } from './record/access.ts';
import { decisionRecord } from './record/decision-record.ts';
import { encryption } from './record/encryption.ts';
import { noticeProof } from './renewal/notice-proof.ts';
import { noticeWindow } from './renewal/notice-window.ts';
import { accessExport } from './retention/access-export.ts';
import { contactRetention } from './retention/contact.ts';
import { erasure } from './retention/erasure.ts';
import { proofRetention } from './retention/proof.ts';
import { reminderTextRetention } from './retention/reminder-text.ts';
import { suppressionRetention } from './retention/suppression.ts';
import { standsOn, type Language, type Rule, type TimingRule } from './rule.ts';
import { bannedProspecting } from './sector/banned-prospecting.ts';
import { healthHosting } from './sector/health-hosting.ts';
import { brandFirst } from './sender/brand-first.ts';
import { noMobileSender } from './sender/no-mobile-sender.ts';
import { routeClass } from './sender/route-class.ts';
import { senderName } from './sender/sender-name.ts';
import { noHealth } from './text/no-health.ts';
import { noPromotionInReminder } from './text/no-promotion-in-reminder.ts';
import { ownLinks } from './text/own-links.ts';
import { partsOfFinalText } from './text/parts-of-final-text.ts';
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
  mobileNumber,
  marketingConsent,
  reminderBasis,
  completeProof,
  oneBoxPerPurpose,
  minor,
  importProof,
  callNotice,
  suppressionAtMark,
  immediateEffect,
  stopScope,
  stopWords,
  acknowledgement,
  marketingMention,
  reminderWayOut,
  contactAnswer,
  operatorBlacklist,
  noReturnWithoutProof,
  senderName,
  noMobileSender,
  brandFirst,
  routeClass,
  noHealth,
  partsOfFinalText,
  noPromotionInReminder,
  ownLinks,
  noticeWindow,
  noticeProof,
  bannedProspecting,
  contactRetention,
  suppressionRetention,
  proofRetention,
  reminderTextRetention,
  erasure,
  accessExport,
  decisionRecord,
  encryption,
  access,
  frequencyCap,
  healthHosting,
];

/** The edition of the rules; a change of any rule or profile changes it. */
export const rulesVersion = '2026-10-01.1';

/** The rule of that id, if there is one. */
export function ruleNamed(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}

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
