import { DateTime } from 'luxon';
import { ruleNamed, instantInWords, localDate } from '../../law/index.ts';
import type { ReasonInWords, Plan, PlanReason } from '../../platform/index.ts';
import { languageOf, wordsIn, type Language } from '../../words/index.ts';

/** The place of the people a plan concerns, and the language of its operators. */
interface Place {
  /** IANA. */
  readonly timeZone: string;
  readonly locale: string;
  readonly now: DateTime;
}

/** Words the plan's moment for that place, and adds the rule with its source. */
export const localisedPlan = (decided: Plan<PlanReason>, place: Place): Plan =>
  planIn(placedPlan(decided, place), languageOf(place.locale));

/** The same with its reason in both languages, for storage. */
export function placedPlan(decided: Plan<PlanReason>, { timeZone, locale, now }: Place): Plan<PlanReason> {
  const language = languageOf(locale);
  const plan = { ...decided, locale: decided.locale ?? language };
  const rule = ruleInWords(plan.because, language, now.setZone(timeZone));
  return {
    ...plan,
    ...(rule === undefined ? {} : { rule }),
    ...(plan.kind === 'wait'
      ? { until: instantInWords(DateTime.fromISO(plan.nextActionAt, { zone: timeZone }), language) }
      : {}),
  };
}

/** Words a reason in one language; an already worded one stays. */
export const reasonIn = ({ text, ...reason }: PlanReason, language: Language): ReasonInWords => ({
  ...reason,
  text: typeof text === 'string' ? text : text[language],
});

/** A plan with its reason in one language. */
export const planIn = (plan: Plan<PlanReason>, language: Language): Plan => ({
  ...plan,
  locale: plan.locale ?? language,
  because: reasonIn(plan.because, language),
});

/** Words a plan in its own language, else in its tenant's; French where that cannot be read. */
export async function planAsRead(plan: Plan<PlanReason>, ofTenant: () => Promise<Language>): Promise<Plan> {
  if (plan.locale !== undefined) return planIn(plan, languageOf(plan.locale));
  // The work is done: a sentence in French is better than the same work again.
  return planIn(plan, await ofTenant().catch((): Language => 'fr'));
}

/** Words a rule for operators: its demand and its source. */
function ruleInWords(
  { ruleId, at }: Pick<ReasonInWords, 'ruleId' | 'at'>,
  language: Language,
  now: DateTime,
): string | undefined {
  if (ruleId === undefined) return undefined;
  const moment = at === undefined ? now : DateTime.fromISO(at, { zone: now.zone });
  const rule = ruleNamed(ruleId, localDate(moment));
  if (rule === undefined) return undefined;
  const title = rule.title[language];
  return wordsIn(language).message.rule({ ruleId, title, source: rule.source });
}
