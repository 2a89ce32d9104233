import type { DateTime } from 'luxon';
import { localDate } from '../calendar/local-date.ts';
import type { Language, Rule, Words } from '../rule.ts';

/** A rule's statement on a moment: it closes it, doubts it or advises against it. */
export interface Remark {
  readonly rule: Rule;
  readonly about: Words;
}

/** A local day, and the rules' statements on it. */
export interface ExplainedDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly because: readonly { readonly ruleId: string; readonly title: string; readonly text: string }[];
}

/** Builds a day with its statements, each sentence once. */
export function explainDay(day: DateTime, remarks: readonly Remark[], language: Language): ExplainedDay {
  const once = new Map(remarks.map((remark) => [`${remark.rule.id} ${remark.about[language]}`, remark]));
  const because = [...once.values()].map(({ rule, about }) => ({
    ruleId: rule.id,
    title: rule.title[language],
    text: about[language],
  }));
  return { on: localDate(day), because };
}
