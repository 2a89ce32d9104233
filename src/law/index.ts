import { consentRules } from './chapters/consent.ts';
import { optOutRules } from './chapters/opt-out.ts';
import { recipientRules } from './chapters/recipient.ts';
import { recordRules } from './chapters/record.ts';
import { renewalRules } from './chapters/renewal.ts';
import { retentionRules } from './chapters/retention.ts';
import { sectorRules } from './chapters/sector.ts';
import { senderRules } from './chapters/sender.ts';
import { textRules } from './chapters/text.ts';
import { frequencyCap, windowRules } from './chapters/windows.ts';
import { rowOn, standsOn, type Language, type Rule } from './rule.ts';

export { timingRules } from './chapters/windows.ts';

/** Every rule, in the order of the texts: the table of contents. */
export const rules: readonly Rule[] = [
  ...windowRules,
  ...recipientRules,
  ...consentRules,
  ...optOutRules,
  ...senderRules,
  ...textRules,
  ...renewalRules,
  ...sectorRules,
  ...retentionRules,
  ...recordRules,
  frequencyCap,
];

/** The edition of the rules; a change of any rule or profile changes it. */
export const rulesVersion = '2026-11-29.6';

/** The rule of that id as it stands on a local date, if it does. */
export function ruleNamed(id: string, on: string): Rule | undefined {
  return rowOn(rules, id, on);
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
