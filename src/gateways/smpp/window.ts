import type { Said } from '../http/refusal.ts';
import { saidBy } from './command-status.ts';
import { fieldsOf, textOf, type Head } from './pdu.ts';

/** What became of one part of a message. */
export type Part =
  | { readonly kind: 'taken'; readonly id: string | undefined }
  | { readonly kind: 'refused'; readonly said: Said }
  | { readonly kind: 'unknown'; readonly reason: 'timeout' | 'reset' | '5xx' | 'parse' };

interface Expected {
  readonly settle: (part: Part) => void;
  readonly timer: NodeJS.Timeout;
}

/** Answers are awaited beyond their time-out, for so many messages of a session. */
const LATE_KEPT = 10_000;
const LARGEST_SEQUENCE = 0x7fffffff;

/** What is on its way in one session, by the number of its request. */
export class Window {
  readonly #timeoutMs: number;
  readonly #expected = new Map<number, Expected>();
  readonly #late = new Map<number, (id: string) => void>();
  #sequence = 0;
  #emptied: (() => void)[] = [];

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#expected.size;
  }

  /** The number of the next request. */
  next(): number {
    this.#sequence = this.#sequence === LARGEST_SEQUENCE ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  /** Awaits the answer to a request; one that comes after the time-out is told to `late`. */
  expect(sequence: number, late: ((id: string) => void) | undefined): Promise<Part> {
    return new Promise((settle) => {
      const timer = setTimeout(() => {
        if (late !== undefined) this.#keepLate(sequence, late);
        this.#settle(sequence, { kind: 'unknown', reason: 'timeout' });
      }, this.#timeoutMs);
      this.#expected.set(sequence, { settle, timer });
    });
  }

  /** An answer came; without its bytes, it says no more than its head. */
  answer({ sequence, status }: Head, frame: Buffer | undefined): void {
    if (this.#expected.has(sequence)) return this.#settle(sequence, partOf(status, frame));
    const late = this.#late.get(sequence);
    this.#late.delete(sequence);
    const part = partOf(status, frame);
    if (part.kind === 'taken' && part.id !== undefined) late?.(part.id);
  }

  /** Once nothing is on its way any more. */
  empty(): Promise<void> {
    if (this.#expected.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  /** Nothing will be answered any more: what is on its way may have been taken. */
  close(reason: 'timeout' | 'reset' | 'parse'): void {
    for (const sequence of this.#expected.keys()) this.#settle(sequence, { kind: 'unknown', reason });
    this.#late.clear();
  }

  #keepLate(sequence: number, late: (id: string) => void): void {
    const [oldest] = this.#late.keys();
    if (this.#late.size >= LATE_KEPT && oldest !== undefined) this.#late.delete(oldest);
    this.#late.set(sequence, late);
  }

  #settle(sequence: number, part: Part): void {
    const expected = this.#expected.get(sequence);
    if (expected === undefined) return;
    clearTimeout(expected.timer);
    this.#expected.delete(sequence);
    expected.settle(part);
    if (this.#expected.size === 0) for (const told of this.#emptied.splice(0)) told();
  }
}

function partOf(status: number, frame: Buffer | undefined): Part {
  if (status !== 0) {
    const said = saidBy(status);
    return said.errorClass === 'AMBIGUOUS' ? { kind: 'unknown', reason: '5xx' } : { kind: 'refused', said };
  }
  const fields = frame === undefined ? undefined : fieldsOf(frame);
  // "Well received" without what was received is no answer.
  if (fields === undefined) return { kind: 'unknown', reason: 'parse' };
  return { kind: 'taken', id: textOf(fields, 'message_id') };
}
