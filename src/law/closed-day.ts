import type { DateTime } from 'luxon';
import { localDate } from './calendar/local-date.ts';
import type { Language, Rule } from './rule.ts';
import type { Bar } from './timing-rule.ts';

/** A local day on which nothing may leave, and by which rules. */
export interface ClosedDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly because: readonly { readonly ruleId: string; readonly title: string; readonly text: string }[];
}

/** A day on which nothing leaves. */
export const closedDay = (day: DateTime, because: ClosedDay['because']): ClosedDay => ({
  on: localDate(day),
  because,
});

/** What a rule says of the day that it closes. */
export const reasonOf = (bar: Bar, language: Language): ClosedDay['because'][number] =>
  reason(bar.rule, bar.about[language], language);

/** What a rule says of a day, in words. */
export const reason = (rule: Rule, text: string, language: Language): ClosedDay['because'][number] => ({
  ruleId: rule.id,
  title: rule.title[language],
  text,
});
