import type { BatchPlan, BatchRun } from './batch-run.repository.ts';
import type { Plan } from '../../platform/index.ts';

/** What a batch keeps of its plan. Standing batches never end; a series' batch ends with its series. */
export function keptPlan(run: BatchRun, plan: Plan): BatchPlan {
  if (plan.kind === 'wait')
    return {
      state: 'open',
      nextActionAt: plan.nextActionAt,
      waiting: { ...plan.because, until: plan.nextActionAt },
    };
  const ends = plan.kind === 'done' && (run.kind === 'campaign' || run.kind === 'test');
  return { state: ends ? 'done' : 'open', nextActionAt: null, waiting: null };
}
