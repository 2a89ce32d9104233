import type { LogRecord } from './log-record.ts';
import { handsetOf, reachedHandset } from './log-record.ts';

/** A handset and the last thing that happened on it. */
export interface Handset {
  readonly number: string;
  readonly lastAt: string;
  readonly lastText: string;
}

/** A person looks at some dozens; older handsets are still found by their number. */
const REMEMBERED = 200;

/** The handsets that were used last, newest first. */
export class HandsetList {
  readonly #last = new Map<string, LogRecord>();

  /** Moves the handset of that line to the front. */
  note(record: LogRecord): void {
    if (record.type === 'request' && !reachedHandset(record)) return;
    const number = handsetOf(record);
    this.#last.delete(number);
    this.#last.set(number, record);
    if (this.#last.size <= REMEMBERED) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  /** Those remembered. */
  newest(): Handset[] {
    return [...this.#last]
      .map(([number, { lawAt, text }]) => ({ number, lastAt: lawAt, lastText: text }))
      .toReversed();
  }
}
