import type { Plan } from './plan.ts';

/** The plan that acts first; `done` when there is none. */
export const soonestOf = (plans: readonly Plan[]): Plan => plans.reduce(soonest, NOTHING);

const NOTHING: Plan = {
  kind: 'done',
  because: { code: 'DONE', text: 'Toutes les réponses sont parties.' },
};

function soonest(one: Plan, other: Plan): Plan {
  if (one.kind === 'send' || other.kind === 'done') return one;
  if (other.kind === 'send' || one.kind === 'done') return other;
  return one.waitMs <= other.waitMs ? one : other;
}
