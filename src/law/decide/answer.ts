import type { DateTime } from 'luxon';
import { plannedFor } from './because-of-plan.ts';
import type { Because, Told } from './because.ts';
import { decide } from './decide.ts';
import type { Decision, Question } from './decision.ts';
import { barring } from './grounds.ts';
import { ended, made, refused } from './made-decision.ts';
import { planReminder, type ReminderPlan } from './plan-reminder.ts';
import { isReminder } from '../purpose.ts';
import { line } from './rule-line.ts';
import type { Language } from '../rule.ts';
import { reminderHours, type IfLate } from '../chapters/windows.ts';

/** A question by the law clock. */
export interface Asked extends Omit<Question, 'expireAt'> {
  readonly now: DateTime;
  /** True when `at` is computed back from the event, as for a booking. */
  readonly isWish: boolean;
  readonly ifLate?: IfLate | undefined;
}

/**
 * Answers a question about the law: `allow` means now, by the law clock; a moment ahead is `hold`. A reminder
 * wished ahead, or computed back from its event, is planned as its booking would be.
 */
export function answer(asked: Asked): Decision {
  const { purpose, at, now, isWish } = asked;
  if (isReminder(purpose) && (isWish || at > now)) return planned(asked);
  const decision = decide(asked);
  if (decision.verdict !== 'allow' || at <= now) return decision;
  return made(asked, { verdict: 'hold', at: at.toMillis(), until: at.toMillis() }, () => ({
    because: spokenIn(plannedFor(decision.at), asked.language),
    rules: decision.rules,
  }));
}

function planned(asked: Asked): Decision {
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
        because: spokenIn(plan.because, asked.language),
        rules: [line(reminderHours, 'ends', { language: asked.language ?? 'fr' })],
      }));
    case 'planned':
      return held(asked, plan);
    default:
      return plan satisfies never;
  }
}

function held(asked: Asked, plan: ReminderPlan & { readonly kind: 'planned' }): Decision {
  const { at, movedBy, because } = plan;
  const ms = at.toMillis();
  return made(asked, { verdict: 'hold', at: ms, until: ms }, () => ({
    because: spokenIn(because ?? plannedFor(at), asked.language),
    rules: movedBy.length > 0 ? barring(movedBy, asked.language ?? 'fr') : decide({ ...asked, at }).rules,
  }));
}

const spokenIn = ({ text, ...because }: Told, language: Language = 'fr'): Because => ({
  ...because,
  text: text[language],
});
