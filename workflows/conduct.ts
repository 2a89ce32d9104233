import { makeContinueAsNewFunc, workflowInfo, isCancellation, type Workflow } from '@temporalio/workflow';
import type { Plan } from '../src/platform/index.ts';
import type { WorkflowState } from './workflow-state.ts';
import { timeOuts } from './settings.ts';

/** The steps of a workflow's loop; each returns the next plan. */
interface Turns {
  readonly plan: () => Promise<Plan>;
  /** Replaces planning once the wait is over. */
  readonly woken?: () => Promise<Plan>;
  /** Sends what may be sent now. */
  readonly send: () => Promise<Plan>;
  /** Closes the row; another plan than `done` means that something came between. */
  readonly end?: () => Promise<Plan>;
  /** Starts a new run with the same ids. */
  readonly again: () => Promise<never>;
}

/** The result of a workflow that was called back before its end. */
export const CALLED_BACK = 'CALLED_BACK';

/** Plans, waits and sends in turn, until it is over and no signal arrived meanwhile. */
export async function conduct(state: WorkflowState, turns: Turns): Promise<string> {
  let plan = await state.ask(turns.plan);
  for (;;) {
    if (plan.kind === 'done') plan = await ended(state, turns, plan);
    if (plan.kind === 'done') return plan.because.code;
    if (state.calledBack() || state.long()) return leftOff(state, turns);
    plan = await turn(state, turns, plan);
  }
}

async function turn(
  state: WorkflowState,
  turns: Turns,
  plan: Exclude<Plan, { kind: 'done' }>,
): Promise<Plan> {
  if (plan.kind === 'send') return state.ask(turns.send);
  return waited(state, turns, plan);
}

async function waited(
  state: WorkflowState,
  turns: Turns,
  plan: Extract<Plan, { kind: 'wait' }>,
): Promise<Plan> {
  await state.wait(plan);
  return state.ask(turns.woken ?? turns.plan);
}

/** Signals received while it ended are answered by one more plan. */
async function ended(state: WorkflowState, turns: Turns, plan: Plan): Promise<Plan> {
  const ending = turns.end === undefined ? plan : await state.ask(turns.end);
  await state.settled();
  return ending.kind === 'done' && state.isSignalled() ? state.ask(turns.plan) : ending;
}

/** The row holds what signals announced meanwhile, and the next run reads it; a shard called back meanwhile ends too. */
async function leftOff(state: WorkflowState, turns: Turns): Promise<string> {
  await state.settled();
  return state.calledBack() ? CALLED_BACK : turns.again();
}

/** Continues in a new run with the shown state of this one: the server would keep neither memo nor attributes. */
export function again<Story extends Workflow>(...args: Parameters<Story>): Promise<never> {
  const { workflowType, memo, typedSearchAttributes } = workflowInfo();
  const goOn = makeContinueAsNewFunc<Story>({
    workflowType,
    workflowTaskTimeout: timeOuts.workflowTaskMs,
    typedSearchAttributes,
    ...(memo === undefined ? {} : { memo }),
  });
  return goOn(...args);
}

/** Ignores a failure to reach a workflow that is gone; our own cancellation goes on. */
export function unlessCancelled(failure: unknown): void {
  if (isCancellation(failure)) throw failure;
}
