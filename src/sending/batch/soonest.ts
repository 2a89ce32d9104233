import type { Plan, PlanReason } from '../../platform/index.ts';
import { reasonWords } from '../../words/index.ts';

/** Returns the plan that acts first; `done` when there is none. */
export const soonestOf = (plans: readonly Plan<PlanReason>[]): Plan<PlanReason> =>
  plans.reduce(soonest, NOTHING);

const NOTHING: Plan<PlanReason> = {
  kind: 'done',
  because: { code: 'DONE', text: reasonWords('answersSent') },
};

function soonest(one: Plan<PlanReason>, other: Plan<PlanReason>): Plan<PlanReason> {
  if (one.kind === 'send' || other.kind === 'done') return one;
  if (other.kind === 'send' || one.kind === 'done') return other;
  return one.waitMs <= other.waitMs ? one : other;
}
