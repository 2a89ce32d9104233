import {
  allHandlersFinished,
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
  type SignalDefinition,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Plan, SendState } from '../src/platform/index.ts';
import { detailsPage, label, stateOf, type OfferedSignal } from './details.ts';
import { next, progress, signals, type Next, type Order, type Progress } from './messages.ts';
import { planning } from './time-outs.ts';
import { words } from './words.ts';
import { keys } from './search-attribute-keys.ts';

const { obeyOrder } = proxyActivities<Activities>(planning);

export type WaitingPlan = Extract<Plan, { kind: 'wait' }>;

/** The subject of an order. */
export interface Subject {
  readonly tenantId: string;
  readonly workflow: 'campaign' | 'reminderSeries';
  readonly id: string;
}

/** The title and facts that a workflow shows. */
export interface Presentation {
  /** Further signals it takes, besides `replan`. */
  readonly facts?: readonly ('stopReceived' | 'changed')[];
  /** The subject of `pause`, `resume` and `cancel`; without it they are not taken. */
  readonly ordersOn?: Subject;
  /** Called after each order was written to the row. */
  readonly onOrder?: () => Promise<void>;
  /** Called when its campaign calls it back; says whether it ends for now. */
  readonly onCalledBack?: () => boolean;
}

type Pair =
  | { readonly key: (typeof keys)['sendState' | 'territory']; readonly value: string }
  | { readonly key: (typeof keys)['nextActionAt']; readonly value: Date | null };

/** The search attributes for operators; written only when the state changes, since each write is an event. */
const attributes = {
  /** Returns the state of the last write, by this run or the one before. */
  sendState(): SendState | undefined {
    // Only `changes` and the starters write it.
    return workflowInfo().typedSearchAttributes.get(keys.sendState) as SendState | undefined;
  },

  changes(state: SendState, plan: Plan): Pair[] {
    const at = plan.kind === 'wait' ? new Date(plan.nextActionAt) : null;
    const changes: Pair[] = [
      { key: keys.sendState, value: state },
      { key: keys.nextActionAt, value: at },
    ];
    if (plan.territory !== undefined) changes.push({ key: keys.territory, value: plan.territory });
    return changes;
  },
};

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
  readonly #presentation: Presentation;

  constructor(presentation: Presentation = {}) {
    this.#presentation = presentation;
    // The attributes of the run before this one are still in place.
    this.#progress = { state: attributes.sendState() ?? 'planning' };
    const { descriptions } = words();
    for (const fact of ['replan', ...(presentation.facts ?? [])] as const) {
      this.#listen(signals[fact], descriptions[fact], () => {
        this.#isSignalled = true;
      });
    }
    const subject = presentation.ordersOn;
    if (subject !== undefined) this.#takeOrders(subject);
    const { onCalledBack } = presentation;
    if (onCalledBack !== undefined)
      this.#listen(signals.calledBack, descriptions.calledBack, () => {
        if (!onCalledBack()) return;
        this.#isCalledBack = true;
        this.#isSignalled = true;
      });
    setHandler(progress, () => this.#progress, { description: descriptions.progress });
    setHandler(next, () => this.#next(), { description: descriptions.next });
  }

  /** Requests a plan, and shows it; earlier signals are in the row that it reads. */
  async ask(question: () => Promise<Plan>): Promise<Plan> {
    this.#isSignalled = false;
    const plan = await question();
    this.#show(plan);
    return plan;
  }

  /** Waits as long as the plan says, or until a signal. */
  async wait(plan: WaitingPlan): Promise<void> {
    await condition(() => this.#isSignalled, Math.max(1, plan.waitMs), { summary: label(plan.because.text) });
  }

  /** True when a signal arrived that no plan has seen. */
  isSignalled(): boolean {
    return this.#isSignalled;
  }

  /** True when its campaign called it back, which starts it again. */
  calledBack(): boolean {
    return this.#isCalledBack;
  }

  /** Shows the counts of shards left and under way. */
  count(shards: NonNullable<Progress['shards']>): void {
    this.#progress = { ...this.#progress, shards };
    this.#display();
  }

  /** Resolves when no order is being written any more: nothing may end before. */
  async settled(): Promise<void> {
    await condition(allHandlersFinished);
  }

  /** True when the history grew so long that a new run should take over. */
  long(): boolean {
    return workflowInfo().continueAsNewSuggested;
  }

  #show(plan: Plan): void {
    const state = stateOf(plan);
    if (state !== this.#progress.state) upsertSearchAttributes(attributes.changes(state, plan));
    this.#plan = plan;
    const { accounts } = plan;
    this.#progress = { ...this.#progress, state, ...(accounts === undefined ? {} : { accounts }) };
    this.#display();
  }

  #listen(signal: SignalDefinition, description: string, handler: () => void | Promise<void>): void {
    setHandler(signal, handler, { description });
  }

  #takeOrders(subject: Subject): void {
    for (const order of ['pause', 'resume', 'cancel'] as const) {
      this.#listen(signals[order], words().descriptions[order], () => this.#obey(order, subject));
    }
  }

  /** Writes orders one after the other: the last order given is the last one written. */
  async #obey(order: Order, subject: Subject): Promise<void> {
    this.#orders = this.#orders.then(async () => {
      const answer = await obeyOrder({ ...subject, order });
      this.#progress = { ...this.#progress, lastOrder: { order, ...answer } };
      this.#display();
      this.#isSignalled = true;
      await this.#presentation.onOrder?.();
    });
    await this.#orders;
  }

  #display(): void {
    const orders: readonly OfferedSignal[] =
      this.#presentation.ordersOn === undefined ? [] : ['pause', 'resume', 'cancel'];
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
