import type { DateTime } from 'luxon';
import { plannedBecause, planReminder, type ReminderPlan } from './plan-reminder.ts';
import type { Because, BilingualBecause } from './because.ts';
import { decide, ended, made, refused, closingRules } from './decide.ts';
import { ruleLine, type Decision, type Question } from './decision.ts';
import { isReminder } from '../profile.ts';
import type { Language } from '../base/rule.ts';
import { reminderHours, type IfLate } from '../chapters/windows.ts';

/** A question without an expiry, asked at an instant of the law clock. */
export interface LawQuestion extends Omit<Question, 'expireAt'> {
  readonly now: DateTime;
  /** True when `at` is computed back from the event, as for a booking. */
  readonly isWish: boolean;
  readonly ifLate?: IfLate | undefined;
}

/**
 * Answers a question about the law: `allow` means now, by the law clock; a moment ahead is `hold`. A reminder
 * wished ahead, or computed back from its event, is planned as its booking would be.
 */
export function decideByClock(asked: LawQuestion): Decision {
  const { purpose, at, now, isWish } = asked;
  if (isReminder(purpose) && (isWish || at > now)) return planned(asked);
  const decision = decide(asked);
  if (decision.verdict !== 'allow' || at <= now) return decision;
  return made(asked, { verdict: 'hold', at: at.toMillis(), until: at.toMillis() }, () => ({
    because: becauseIn(plannedBecause(decision.at), asked.language),
    rules: decision.rules,
  }));
}

function planned(asked: LawQuestion): Decision {
  const { at: wanted, now: since, eventAt } = asked;
  if (eventAt !== undefined && eventAt <= since) return ended(asked, 'EVENT_PAST');
  const plan = planReminder({ ...asked, wanted, since });
  switch (plan.kind) {
    case 'doubt':
      return refused(asked, plan);
    case 'after-event':
      return ended(asked, 'EVENT_PAST');
    case 'late':
      return made(asked, { verdict: 'expire' }, () => ({
        because: becauseIn(plan.because, asked.language),
        rules: [ruleLine(reminderHours, 'ends', { language: asked.language ?? 'fr' })],
      }));
    case 'planned':
      return held(asked, plan);
    default:
      return plan satisfies never;
  }
}

function held(asked: LawQuestion, plan: ReminderPlan & { readonly kind: 'planned' }): Decision {
  const { at, movedBy, because } = plan;
  const ms = at.toMillis();
  return made(asked, { verdict: 'hold', at: ms, until: ms }, () => ({
    because: becauseIn(because ?? plannedBecause(at), asked.language),
    rules:
      movedBy.length > 0 ? closingRules(movedBy, asked.language ?? 'fr') : decide({ ...asked, at }).rules,
  }));
}

const becauseIn = ({ text, ...because }: BilingualBecause, language: Language = 'fr'): Because => ({
  ...because,
  text: text[language],
});
