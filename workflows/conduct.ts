import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  isCancellation,
  makeContinueAsNewFunc,
  workflowInfo,
  type SignalDefinition,
  type Workflow,
} from '@temporalio/workflow';
import type { Plan, SendState } from '../src/platform/index.ts';
import type { Activities } from '../activities/index.ts';
import { detailsPage, label, stateOf } from './details.ts';
import { next, progress, signals, type Next, type Order, type Progress } from './messages.ts';
import { planning, keys, timeOuts } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';
import { words } from './words.ts';

/** The steps of a workflow's loop; each returns the next plan. */
interface Turns {
  readonly plan: () => Promise<Plan>;
  /** Replaces planning once the wait is over. */
  readonly woken?: () => Promise<Plan>;
  readonly send: () => Promise<Plan>;
  /** Closes the row; another plan than `done` means that something came between. */
  readonly end?: () => Promise<Plan>;
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
    if (state.isCalledBack() || state.isLong()) return stopForNow(state, turns);
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

/** Ends a row; plans once more where signals came meanwhile. */
async function ended(state: WorkflowState, turns: Turns, plan: Plan): Promise<Plan> {
  const ending = turns.end === undefined ? plan : await state.ask(turns.end);
  await state.settled();
  return ending.kind === 'done' && state.isSignalled() ? state.ask(turns.plan) : ending;
}

/**
 * Ends a shard that was called back, also meanwhile; else continues in a new run. Signals need not be passed on: the
 * row holds what they announced, and the next run reads it.
 */
async function stopForNow(state: WorkflowState, turns: Turns): Promise<string> {
  await state.settled();
  return state.isCalledBack() ? CALLED_BACK : turns.again();
}

/** Continues in a new run with this one's memo and search attributes, which the server would not keep by itself. */
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

/** Ignores a failure to reach a workflow that is gone; throws our own cancellation again. */
export function unlessCancelled(failure: unknown): void {
  if (isCancellation(failure)) throw failure;
}

const ORDERS = ['pause', 'resume', 'cancel'] as const;

type Subject = Omit<Parameters<Activities['obeyOrder']>[0], 'order'>;

/** The signals that a workflow takes, besides `replan`. */
interface SignalTerms {
  /** Signals that only mean "look again". */
  readonly facts?: readonly ('stopReceived' | 'changed')[];
  /** The subject of `pause`, `resume` and `cancel`; without it they are not taken. */
  readonly ordersOn?: Subject;
  readonly onOrder?: () => Promise<void>;
  /** Called when its campaign calls it back; returns whether it ends for now. */
  readonly onCalledBack?: () => boolean;
}

/** Returns the state of the last write, by this run or the one before. */
const sendState = (): SendState | undefined =>
  // Only `showToOperators` and the starters write it.
  workflowInfo().typedSearchAttributes.get(keys.sendState) as SendState | undefined;

/** Writes the search attributes; called only when the state changes, since each write is an event. */
function showToOperators(state: SendState, plan: Plan): void {
  upsertSearchAttributes([
    { key: keys.sendState, value: state },
    { key: keys.nextActionAt, value: plan.kind === 'wait' ? new Date(plan.nextActionAt) : null },
    ...(plan.territory === undefined ? [] : [{ key: keys.territory, value: plan.territory }]),
  ]);
}

/**
 * The signals and the shown state of one workflow. The row is the state: a signal only means "look again", so
 * order, loss and duplication do not matter.
 */
export class WorkflowState {
  #isSignalled = false;
  #isCalledBack = false;
  #plan: Plan = { kind: 'send', because: { code: 'PLANNING', text: '' } };
  #progress: Progress;
  #orders: Promise<void> = Promise.resolve();
  readonly #terms: SignalTerms;

  constructor(terms: SignalTerms = {}) {
    this.#terms = terms;
    // The attributes of the run before this one are still in place.
    this.#progress = { state: sendState() ?? 'planning' };
    const { descriptions } = words();
    for (const fact of ['replan', ...(terms.facts ?? [])] as const) {
      this.#listen(signals[fact], descriptions[fact], () => {
        this.#isSignalled = true;
      });
    }
    const subject = terms.ordersOn;
    if (subject !== undefined) this.#takeOrders(subject);
    const { onCalledBack } = terms;
    if (onCalledBack !== undefined)
      this.#listen(signals.calledBack, descriptions.calledBack, () => {
        if (!onCalledBack()) return;
        this.#isCalledBack = true;
        this.#isSignalled = true;
      });
    setHandler(progress, () => this.#progress, { description: descriptions.progress });
    setHandler(next, () => this.#next(), { description: descriptions.next });
  }

  /** Asks for a plan and shows it; the row that it reads has what earlier signals announced. */
  async ask(question: () => Promise<Plan>): Promise<Plan> {
    this.#isSignalled = false;
    const plan = await question();
    this.#show(plan);
    return plan;
  }

  /** Waits as long as the plan says, or until a signal. */
  async wait(plan: Extract<Plan, { kind: 'wait' }>): Promise<void> {
    await condition(() => this.#isSignalled, Math.max(1, plan.waitMs), { summary: label(plan.because.text) });
  }

  /** True when a signal arrived that no plan has seen. */
  isSignalled(): boolean {
    return this.#isSignalled;
  }

  /** True when its campaign called it back, which starts it again. */
  isCalledBack(): boolean {
    return this.#isCalledBack;
  }

  count(shards: NonNullable<Progress['shards']>): void {
    this.#progress = { ...this.#progress, shards };
    this.#display();
  }

  /** Resolves when no order is being written any more: nothing may end before. */
  async settled(): Promise<void> {
    await condition(allHandlersFinished);
  }

  /** True when the history grew so long that a new run should take over. */
  isLong(): boolean {
    return workflowInfo().continueAsNewSuggested;
  }

  #show(plan: Plan): void {
    const state = stateOf(plan);
    if (state !== this.#progress.state) showToOperators(state, plan);
    this.#plan = plan;
    const { accounts } = plan;
    this.#progress = { ...this.#progress, state, ...(accounts === undefined ? {} : { accounts }) };
    this.#display();
  }

  #listen(signal: SignalDefinition, description: string, handler: () => void | Promise<void>): void {
    setHandler(signal, handler, { description });
  }

  #takeOrders(subject: Subject): void {
    for (const order of ORDERS) {
      this.#listen(signals[order], words().descriptions[order], () => this.#obey(order, subject));
    }
  }

  /** Writes orders one after the other: the last order given is the last one written. */
  async #obey(order: Order, subject: Subject): Promise<void> {
    this.#orders = this.#orders.then(async () => {
      const { obeyOrder } = tenantActivities(subject.tenantId, planning);
      const answer = await obeyOrder({ ...subject, order });
      this.#progress = { ...this.#progress, lastOrder: { order, ...answer } };
      this.#display();
      this.#isSignalled = true;
      await this.#terms.onOrder?.();
    });
    await this.#orders;
  }

  #display(): void {
    const orders = this.#terms.ordersOn === undefined ? [] : ORDERS;
    setCurrentDetails(
      detailsPage({ plan: this.#plan, progress: this.#progress, offers: [...orders, 'replan'] }),
    );
  }

  #next(): Next {
    const plan = this.#plan;
    const { state } = this.#progress;
    if (plan.kind !== 'wait') return { state, because: plan.because };
    return { state, because: plan.because, nextActionAt: plan.nextActionAt };
  }
}
