import type { DateTime } from 'luxon';
import type { RuleLine } from './decision.ts';
import type { Language, Rule } from '../rule.ts';

/** Makes the line of one rule. */
export function ruleLine(
  { id, title, level, source }: Rule,
  effect: RuleLine['effect'],
  {
    language,
    until,
    about,
  }: { readonly language: Language; readonly until?: DateTime | undefined; readonly about?: string },
): RuleLine {
  const rest = { ...(until ? { until } : {}), ...(about === undefined ? {} : { about }) };
  return { id, title: title[language], level, source, effect, ...rest };
}
