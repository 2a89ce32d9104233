import type { OperatorRefusal } from '../http/refusal.ts';
import { messageIdIn, type Head } from './pdu.ts';

/** The outcome of one part of a message. */
export type PartResult =
  | { readonly kind: 'taken'; readonly id: string | undefined }
  | { readonly kind: 'refused'; readonly said: OperatorRefusal }
  | { readonly kind: 'unknown'; readonly reason: 'timeout' | 'reset' | '5xx' | 'parse' };

interface Expected {
  readonly settle: (part: PartResult) => void;
  readonly timer: NodeJS.Timeout;
}

/** A message that was given up: its operator may still be at it, so its place is not free. */
interface Held {
  readonly late: (id: string) => void;
  readonly timer: NodeJS.Timeout;
}

/** The options of reading answers, and their time limit. */
export interface WindowSettings {
  readonly timeoutMs: number;
  readonly saidBy: (status: number) => OperatorRefusal;
}

/** The callbacks of a window for answers that do not come. */
export interface WindowEars {
  /** Called when a message was not answered in time. */
  readonly late: () => void;
  /** Called when it will not be answered on this session. */
  readonly lost: () => void;
}

/** Time-outs for which a place is held: then only a new session has it again. */
const HELD_TIMEOUTS = 6;
const LARGEST_SEQUENCE = 0x7fffffff;

/** The requests under way in one session, by sequence number. */
export class Window {
  readonly #timeoutMs: number;
  readonly #saidBy: WindowSettings['saidBy'];
  readonly #expected = new Map<number, Expected>();
  readonly #held = new Map<number, Held>();
  readonly #ears: WindowEars;
  #sequence = 0;
  #emptied: (() => void)[] = [];

  constructor({ timeoutMs, saidBy }: WindowSettings, ears: WindowEars) {
    this.#timeoutMs = timeoutMs;
    this.#saidBy = saidBy;
    this.#ears = ears;
  }

  /** Count of places taken, also by messages that were given up. */
  get size(): number {
    return this.#expected.size + this.#held.size;
  }

  /** Returns the number of the next request. */
  next(): number {
    this.#sequence = this.#sequence === LARGEST_SEQUENCE ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  /** Awaits the answer to a question. */
  expect(sequence: number): Promise<PartResult> {
    return this.#await(sequence, () => undefined);
  }

  /** Awaits the answer to a message; `late` is called with the id in one that comes after the time-out. */
  expectTaken(sequence: number, late: (id: string) => void): Promise<PartResult> {
    return this.#await(sequence, () => this.#hold(sequence, late));
  }

  /** Handles an answer; without its bytes, only by its head. */
  answer({ sequence, status }: Head, frame: Buffer | undefined): void {
    if (this.#expected.has(sequence)) return this.#settle(sequence, this.#partOf(status, frame));
    const held = this.#held.get(sequence);
    if (held === undefined) return undefined;
    clearTimeout(held.timer);
    this.#held.delete(sequence);
    const part = this.#partOf(status, frame);
    if (part.kind === 'taken' && part.id !== undefined) held.late(part.id);
    return undefined;
  }

  /** Resolves once no request is under way. */
  empty(): Promise<void> {
    if (this.#expected.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  /** Ends all waits: messages under way may have been accepted. */
  close(reason: 'timeout' | 'reset' | 'parse'): void {
    for (const sequence of this.#expected.keys()) this.#settle(sequence, { kind: 'unknown', reason });
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #await(sequence: number, missed: () => void): Promise<PartResult> {
    return new Promise((settle) => {
      const timer = setTimeout(() => {
        missed();
        this.#settle(sequence, { kind: 'unknown', reason: 'timeout' });
      }, this.#timeoutMs);
      this.#expected.set(sequence, { settle, timer });
    });
  }

  #hold(sequence: number, late: Held['late']): void {
    const timer = setTimeout(() => this.#ears.lost(), HELD_TIMEOUTS * this.#timeoutMs);
    this.#held.set(sequence, { late, timer });
    this.#ears.late();
  }

  #settle(sequence: number, part: PartResult): void {
    const expected = this.#expected.get(sequence);
    if (expected === undefined) return;
    clearTimeout(expected.timer);
    this.#expected.delete(sequence);
    expected.settle(part);
    if (this.#expected.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  }

  #partOf(status: number, frame: Buffer | undefined): PartResult {
    if (status !== 0) {
      const said = this.#saidBy(status);
      return said.errorClass === 'AMBIGUOUS' ? { kind: 'unknown', reason: '5xx' } : { kind: 'refused', said };
    }
    // "Well received" without what was received is no answer.
    return frame === undefined
      ? { kind: 'unknown', reason: 'parse' }
      : { kind: 'taken', id: messageIdIn(frame) };
  }
}
