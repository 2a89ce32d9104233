import type { SubmissionCount } from './gateway-account.repository.ts';

type Tried = Omit<SubmissionCount, 'accountId' | 'calls'>;

/** Counts of answers, kept in this process until they are written. */
export class SubmissionCounts {
  #counts = new Map<string, SubmissionCount>();

  /** Counts one call. */
  note(accountId: string, { outcome, reason, messages, seconds }: Tried): void {
    this.#add({ accountId, outcome, reason, calls: 1, messages, seconds });
  }

  /** Passes the counts on; those that could not be written are kept for the next time. */
  async hand(over: (counts: readonly SubmissionCount[]) => Promise<void>): Promise<void> {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    try {
      await over(counts);
    } catch (cause) {
      for (const count of counts) this.#add(count);
      throw cause;
    }
  }

  #add(one: SubmissionCount): void {
    const key = `${one.accountId}|${one.outcome}|${one.reason}`;
    const known = this.#counts.get(key);
    this.#counts.set(key, {
      ...one,
      calls: one.calls + (known?.calls ?? 0),
      messages: one.messages + (known?.messages ?? 0),
      seconds: one.seconds + (known?.seconds ?? 0),
    });
  }
}
