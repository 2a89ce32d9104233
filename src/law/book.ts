import { consentRules } from './chapters/consent.ts';
import { frequencyRules } from './chapters/frequency.ts';
import { optOutRules } from './chapters/opt-out.ts';
import { recipientRules } from './chapters/recipient.ts';
import { recordRules } from './chapters/record.ts';
import { renewalRules } from './chapters/renewal.ts';
import { retentionRules } from './chapters/retention.ts';
import { sectorRules } from './chapters/sector.ts';
import { senderRules, rowOn, isInForceOn, type ParameterValue, type Rule } from '../rule/index.ts';
import type { Language } from '../words/index.ts';
import { textRules } from './chapters/text.ts';
import { windowRules } from './chapters/windows.ts';

export { timingRules } from './chapters/windows.ts';

/** Every rule, in the order of the texts. */
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
  ...frequencyRules,
];

/** The edition of the rules; any change of a rule or profile changes it. */
export const rulesVersion = '2026-11-29.7';

/** Returns the rule of that id in force on a local date, if any. */
export function ruleNamed(id: string, on: string): Rule | undefined {
  return rowOn(rules, id, on);
}

/** A rule for display. */
export interface PrintedRule extends Omit<Rule, 'title' | 'reading' | 'quotation' | 'parameters'> {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly title: string;
  /** The quoted words where they were read, else our reading. */
  readonly text: string;
  readonly quoted: boolean;
  readonly reading: string;
}

/** Returns the rules in force on a local date, in one language. */
export function rulesInForce(on: string, language: Language = 'fr'): readonly PrintedRule[] {
  return rules.filter((rule) => isInForceOn(rule, on)).map((rule) => printRule(rule, language, on));
}

/** Returns a provision's parameters on a local date. */
export const parametersOn = ({ parameters }: Rule, on: string): Readonly<Record<string, ParameterValue>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value.on(on)]));

function printRule(rule: Rule, language: Language, on: string): PrintedRule {
  const { id, level, source, confidence, readOn, inForceFrom, purposes } = rule;
  const reading = rule.reading[language];
  return {
    id,
    level,
    source,
    confidence,
    readOn,
    inForceFrom,
    purposes,
    parameters: parametersOn(rule, on),
    reading,
    ...(rule.inForceUntil === undefined ? {} : { inForceUntil: rule.inForceUntil }),
    title: rule.title[language],
    text: rule.quotation?.words ?? reading,
    quoted: rule.quotation !== undefined,
  };
}
