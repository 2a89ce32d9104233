import type { Plan, Reason } from '../../platform/index.ts';
import { reasonWords } from '../../words/index.ts';

/** Returns the plan that acts first; `done` when there is none. */
export const soonestOf = (plans: readonly Plan<Reason>[]): Plan<Reason> => plans.reduce(soonest, NOTHING);

const NOTHING: Plan<Reason> = {
  kind: 'done',
  because: { code: 'DONE', text: reasonWords('answersSent') },
};

function soonest(one: Plan<Reason>, other: Plan<Reason>): Plan<Reason> {
  if (one.kind === 'send' || other.kind === 'done') return one;
  if (other.kind === 'send' || one.kind === 'done') return other;
  return one.waitMs <= other.waitMs ? one : other;
}
