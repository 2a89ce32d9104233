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
import { detailsOf, label, stateOf, type Offer } from './details.ts';
import { next, progress, signals, type Next, type Order, type Progress } from './messages.ts';
import { planning } from './time-outs.ts';
import { words } from './words.ts';
import { keys } from './search-attribute-keys.ts';

const { obeyOrder } = proxyActivities<Activities>(planning);

/** A plan that waits. */
export type Waiting = Extract<Plan, { kind: 'wait' }>;

/** What an order is about. */
export interface Subject {
  readonly tenantId: string;
  readonly workflow: 'campaign' | 'reminderSeries';
  readonly id: string;
}

/** How a workflow presents itself. */
export interface Presentation {
  /** Facts that may be told to it, besides `replan`. */
  readonly facts?: readonly ('stopReceived' | 'changed')[];
  /** What `pause`, `resume` and `cancel` act on; without it they are not taken. */
  readonly ordersOn?: Subject;
  /** Follows each order that was written to the row. */
  readonly onOrder?: () => Promise<void>;
  /** Called when its campaign calls it back; answers whether it ends for now. */
  readonly onCalledBack?: () => boolean;
}

type Pair =
  | { readonly key: (typeof keys)['sendState' | 'territory']; readonly value: string }
  | { readonly key: (typeof keys)['nextActionAt']; readonly value: Date | null };

/** What operators search workflows by; written only when the state changes, since each write is an event. */
const attributes = {
  /** The state as the last write left it, by this run or the one before. */
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
 * Where one workflow is told things and shows what it does.
 *
 * The row is the state: what is said here only means "look again", so order, loss and doubling do not matter.
 */
export class Desk {
  #told = false;
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
        this.#told = true;
      });
    }
    const subject = presentation.ordersOn;
    if (subject !== undefined) this.#takeOrders(subject);
    const { onCalledBack } = presentation;
    if (onCalledBack !== undefined)
      this.#listen(signals.calledBack, descriptions.calledBack, () => {
        if (!onCalledBack()) return;
        this.#isCalledBack = true;
        this.#told = true;
      });
    setHandler(progress, () => this.#progress, { description: descriptions.progress });
    setHandler(next, () => this.#next(), { description: descriptions.next });
  }

  /** Asks for a plan, and shows it; what was said before is in the row that it reads. */
  async ask(question: () => Promise<Plan>): Promise<Plan> {
    this.#told = false;
    const plan = await question();
    this.#show(plan);
    return plan;
  }

  /** Waits as long as the plan says, or until something is said. */
  async wait(plan: Waiting): Promise<void> {
    await condition(() => this.#told, Math.max(1, plan.waitMs), { summary: label(plan.because.text) });
  }

  /** Whether something was said that no plan has seen. */
  told(): boolean {
    return this.#told;
  }

  /** Whether its campaign called it back, which starts it again. */
  calledBack(): boolean {
    return this.#isCalledBack;
  }

  /** Shows how many parts are left and how many are under way. */
  count(shards: NonNullable<Progress['shards']>): void {
    this.#progress = { ...this.#progress, shards };
    this.#display();
  }

  /** Resolves when no order is being written any more: nothing may end before. */
  async settled(): Promise<void> {
    await condition(allHandlersFinished);
  }

  /** Whether the history grew so long that a new run should take over. */
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

  #listen(signal: SignalDefinition, description: string, heard: () => void | Promise<void>): void {
    setHandler(signal, heard, { description });
  }

  #takeOrders(subject: Subject): void {
    for (const order of ['pause', 'resume', 'cancel'] as const) {
      this.#listen(signals[order], words().descriptions[order], () => this.#obey(order, subject));
    }
  }

  /** One after the other: the last order given is the last one written. */
  async #obey(order: Order, subject: Subject): Promise<void> {
    this.#orders = this.#orders.then(async () => {
      const answer = await obeyOrder({ ...subject, order });
      this.#progress = { ...this.#progress, lastOrder: { order, ...answer } };
      this.#display();
      this.#told = true;
      await this.#presentation.onOrder?.();
    });
    await this.#orders;
  }

  #display(): void {
    const orders: readonly Offer[] =
      this.#presentation.ordersOn === undefined ? [] : ['pause', 'resume', 'cancel'];
    setCurrentDetails(
      detailsOf({ plan: this.#plan, progress: this.#progress, offers: [...orders, 'replan'] }),
    );
  }

  #next(): Next {
    const plan = this.#plan;
    const { state } = this.#progress;
    if (plan.kind !== 'wait') return { state, because: plan.because };
    return { state, because: plan.because, nextActionAt: plan.nextActionAt };
  }
}
