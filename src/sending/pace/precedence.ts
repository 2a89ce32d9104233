import type { Gateway } from '../gateway/gateway.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';

/** More concurrent messages than that are a backlog: lower ranks wait until it is gone. */
const MOST_BESIDE_OTHERS = 8;

/** The ranks of messages: what one person is owed, notices of events to many, advertising. */
export const rank = { own: 0, notice: 1, advertising: 2 } as const;

/** One rank; the lower goes first. */
export type Rank = (typeof rank)[keyof typeof rank];

/** Returns the rank of a batch: reminders and answers are one person's own. */
export function rankOf({ purpose, order }: Pick<BatchRun, 'purpose' | 'order'>): Rank {
  if (purpose === 'marketing') return rank.advertising;
  return order.kind === 'campaign' ? rank.notice : rank.own;
}

/** The precedence among batches at one account of this worker. */
export class Precedence {
  readonly #underWay: Record<Rank, number> = { 0: 0, 1: 0, 2: 0 };
  readonly #waiting: Record<Rank, number> = { 0: 0, 1: 0, 2: 0 };

  /** Says whether so many batches of higher rank are under way that this rank waits. */
  isBehind(whose: Rank): boolean {
    return before(this.#underWay, whose) > MOST_BESIDE_OTHERS;
  }

  /** Returns how many of the free connections higher ranks leave. */
  left(slots: number, whose: Rank): number {
    return this.isBehind(whose) ? 0 : Math.max(0, slots - before(this.#waiting, whose));
  }

  /** Sends the messages of one batch. */
  async sending<T>(whose: Rank, work: () => Promise<T>): Promise<T> {
    this.#underWay[whose] += 1;
    try {
      return await work();
    } finally {
      this.#underWay[whose] -= 1;
    }
  }

  /** Rests while so many messages of a rank find no connection. */
  async waits(whose: Rank, messages: number, rest: () => Promise<void>): Promise<void> {
    this.#waiting[whose] += messages;
    await rest();
    this.#waiting[whose] -= messages;
  }
}

/** Counts the batches of higher rank. */
export const before = (counts: Readonly<Record<Rank, number>>, whose: Rank): number =>
  (whose > rank.own ? counts[rank.own] : 0) + (whose > rank.notice ? counts[rank.notice] : 0);

const precedences = new WeakMap<Gateway, Precedence>();

/** Returns the precedence at an account, shared by all batches of this worker. */
export function precedenceAt(gateway: Gateway): Precedence {
  const known = precedences.get(gateway);
  if (known !== undefined) return known;
  const precedence = new Precedence();
  precedences.set(gateway, precedence);
  return precedence;
}
