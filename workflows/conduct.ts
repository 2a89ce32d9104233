import type { Plan } from '../src/platform/index.ts';
import type { Desk, Waiting } from './desk.ts';

/** The steps of a workflow's loop; each returns the next plan. */
export interface Turns {
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
export async function conduct(desk: Desk, turns: Turns): Promise<string> {
  let plan = await desk.ask(turns.plan);
  for (;;) {
    if (plan.kind === 'done') plan = await ended(desk, turns, plan);
    if (plan.kind === 'done') return plan.because.code;
    if (desk.calledBack() || desk.long()) return leftOff(desk, turns);
    plan = await turn(desk, turns, plan);
  }
}

async function turn(desk: Desk, turns: Turns, plan: Exclude<Plan, { kind: 'done' }>): Promise<Plan> {
  if (plan.kind === 'send') return desk.ask(turns.send);
  return waited(desk, turns, plan);
}

async function waited(desk: Desk, turns: Turns, plan: Waiting): Promise<Plan> {
  await desk.wait(plan);
  return desk.ask(turns.woken ?? turns.plan);
}

/** Signals received while it ended are answered by one more plan. */
async function ended(desk: Desk, turns: Turns, plan: Plan): Promise<Plan> {
  const ending = turns.end === undefined ? plan : await desk.ask(turns.end);
  await desk.settled();
  return ending.kind === 'done' && desk.told() ? desk.ask(turns.plan) : ending;
}

/** The row holds what signals announced meanwhile, and the next run reads it; a shard called back meanwhile ends too. */
async function leftOff(desk: Desk, turns: Turns): Promise<string> {
  await desk.settled();
  return desk.calledBack() ? CALLED_BACK : turns.again();
}
