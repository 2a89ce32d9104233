import { DateTime } from 'luxon';
import { becauseOfEnd, becauseOfShift } from './because.ts';
import type { Explanation, Question, RuleLine } from './decision.ts';
import { ruleLine } from './rule-line.ts';
import type { Doubt } from './doubt.ts';
import { bindingAt, warningsAt } from './binding.ts';
import { nextLawful } from './lawful-moment.ts';
import { knownZone } from './known-zone.ts';
import type { Language, Rule } from '../rule.ts';
import type { Closure, Conditions } from './timing-rule.ts';
import { reminderHours, validity } from '../chapters/windows.ts';

/** Lists the rules that allowed the message. */
export function explainAllow(
  window: { readonly at: number; readonly closes: number },
  places: readonly Conditions[],
  language: Language = 'fr',
): Explanation {
  const [conditions] = places;
  if (!conditions) return { rules: [] };
  const zone = conditions.locality.timeZone;
  const at = DateTime.fromMillis(window.at, { zone: knownZone(zone) });
  const details = { language, until: DateTime.fromMillis(window.closes, { zone }) };
  const warnings = places.flatMap((place) =>
    warningsAt(at.setZone(knownZone(place.locality.timeZone)), place),
  );
  const asked = bindingAt(at, conditions).rules.filter(({ id }) => concerns(id, conditions));
  const lineOf = (rule: Rule): RuleLine => {
    const about = warnings.find((warning) => warning.rule === rule)?.about[language];
    return about === undefined
      ? ruleLine(rule, 'allows', details)
      : ruleLine(rule, 'warns', { ...details, about });
  };
  return { rules: asked.map(lineOf) };
}

/** The hours of the other kind of profile were not checked. */
const concerns = (id: string, { profile }: Conditions): boolean =>
  id === profile.hoursRule || (id !== 'WIN-01' && id !== 'WIN-04');

/** Lists every rule that closed the moment, and a summary. */
export function explainHold(
  { at: wanted, locality, language = 'fr' }: Question,
  atMs: number,
  places: readonly Conditions[],
): Explanation {
  const at = DateTime.fromMillis(atMs, { zone: locality.timeZone });
  const movedBy: readonly Closure[] = places.flatMap((place) => nextLawful(wanted, place)?.movedBy ?? []);
  return {
    because: becauseOfShift({ wanted, at, movedBy }, language),
    rules: closingRules(movedBy, language),
  };
}

/** Lists every rule that closed a stretch, each once. */
export const closingRules = (closures: readonly Closure[], language: Language): readonly RuleLine[] =>
  [...new Map(closures.map((closure) => [closure.rule.id, closure])).values()].map((closure) =>
    ruleLine(closure.rule, 'bars', { language, until: closure.until, about: closure.about[language] }),
  );

/** Explains a doubt by its rule. */
export function explainDoubt({ rule, code, about }: Doubt, language: Language = 'fr'): Explanation {
  return {
    because: { code, ruleId: rule.id, text: `${about[language]} (${rule.id}).` },
    rules: [ruleLine(rule, 'doubts', { language, about: about[language] })],
  };
}

/** The reasons for which a message ends unsent. */
export type End = 'EVENT_PAST' | 'EXPIRE_AT';

/** Explains an end by its rule. */
export function explainEnd(code: End, language: Language = 'fr'): Explanation {
  const rule = code === 'EXPIRE_AT' ? validity : reminderHours;
  return { because: becauseOfEnd(code, rule.id, language), rules: [ruleLine(rule, 'ends', { language })] };
}
