import type { Said } from '../http/refusal.ts';
import { idIn, type Head } from './pdu.ts';

/** What became of one part of a message. */
export type Part =
  | { readonly kind: 'taken'; readonly id: string | undefined }
  | { readonly kind: 'refused'; readonly said: Said }
  | { readonly kind: 'unknown'; readonly reason: 'timeout' | 'reset' | '5xx' | 'parse' };

interface Expected {
  readonly settle: (part: Part) => void;
  readonly timer: NodeJS.Timeout;
}

/** A message that was given up: its operator may still be at it, so its place is not free. */
interface Held {
  readonly late: (id: string) => void;
  readonly timer: NodeJS.Timeout;
}

/** How a window reads answers, and how long it waits for them. */
export interface WindowSettings {
  readonly timeoutMs: number;
  readonly saidBy: (status: number) => Said;
}

/** What a window tells of answers that do not come. */
export interface WindowEars {
  /** A message was not answered in time. */
  readonly late: () => void;
  /** Nor will it be on this session. */
  readonly lost: () => void;
}

/** A place is held for so many time-outs: then only a new session has it again. */
const HELD_TIMEOUTS = 6;
const LARGEST_SEQUENCE = 0x7fffffff;

/** What is on its way in one session, by the number of its request. */
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

  /** Places taken, also by messages that were given up. */
  get size(): number {
    return this.#expected.size + this.#held.size;
  }

  /** The number of the next request. */
  next(): number {
    this.#sequence = this.#sequence === LARGEST_SEQUENCE ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  /** Awaits the answer to a question. */
  expect(sequence: number): Promise<Part> {
    return this.#await(sequence, () => undefined);
  }

  /** Awaits the answer to a message; the id in one that comes after the time-out is told to `late`. */
  expectTaken(sequence: number, late: (id: string) => void): Promise<Part> {
    return this.#await(sequence, () => this.#hold(sequence, late));
  }

  /** An answer came; without its bytes, it says no more than its head. */
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
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #await(sequence: number, missed: () => void): Promise<Part> {
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

  #settle(sequence: number, part: Part): void {
    const expected = this.#expected.get(sequence);
    if (expected === undefined) return;
    clearTimeout(expected.timer);
    this.#expected.delete(sequence);
    expected.settle(part);
    if (this.#expected.size === 0) for (const told of this.#emptied.splice(0)) told();
  }

  #partOf(status: number, frame: Buffer | undefined): Part {
    if (status !== 0) {
      const said = this.#saidBy(status);
      return said.errorClass === 'AMBIGUOUS' ? { kind: 'unknown', reason: '5xx' } : { kind: 'refused', said };
    }
    // "Well received" without what was received is no answer.
    return frame === undefined ? { kind: 'unknown', reason: 'parse' } : { kind: 'taken', id: idIn(frame) };
  }
}
