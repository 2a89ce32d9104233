import type { Socket } from 'node:net';
import type { OperatorRefusal } from '../http/http-gateway.ts';
import { messageIdIn, type Head } from './pdu.ts';
import { tooLate, type WriteBounds } from '../connections.ts';

export type PartResult =
  | { readonly kind: 'taken'; readonly id: string | undefined }
  | { readonly kind: 'refused'; readonly refusal: OperatorRefusal }
  | { readonly kind: 'unknown'; readonly reason: 'timeout' | 'reset' | '5xx' | 'parse' };

/** So many time-outs after its message was given up, a place still not free ends the session. */
const HELD_TIMEOUTS = 6;
const LARGEST_SEQUENCE = 0x7fffffff;

/** The requests under way in one session, by sequence number. */
export class Window {
  readonly #timeoutMs: number;
  readonly #refusalOf: (status: number) => OperatorRefusal;
  readonly #expected = new Map<number, { settle: (part: PartResult) => void; timer: NodeJS.Timeout }>();
  /** Messages that were given up: their operator may still be working on them, so their places are not free. */
  readonly #held = new Map<number, { late: (id: string) => void; timer: NodeJS.Timeout }>();
  readonly #callbacks: { readonly late: () => void; readonly lost: () => void };
  #sequence = 0;
  #emptied: (() => void)[] = [];

  constructor(
    {
      timeoutMs,
      refusalOf,
    }: { readonly timeoutMs: number; readonly refusalOf: (status: number) => OperatorRefusal },
    callbacks: {
      /** Called when a message was not answered in time. */
      readonly late: () => void;
      /** Called when it will not be answered on this session. */
      readonly lost: () => void;
    },
  ) {
    this.#timeoutMs = timeoutMs;
    this.#refusalOf = refusalOf;
    this.#callbacks = callbacks;
  }

  /** Count of places taken, also by messages that were given up. */
  get size(): number {
    return this.#expected.size + this.#held.size;
  }

  next(): number {
    this.#sequence = this.#sequence === LARGEST_SEQUENCE ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

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

  #hold(sequence: number, late: (id: string) => void): void {
    const timer = setTimeout(() => this.#callbacks.lost(), HELD_TIMEOUTS * this.#timeoutMs);
    this.#held.set(sequence, { late, timer });
    this.#callbacks.late();
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
      const refusal = this.#refusalOf(status);
      return refusal.errorClass === 'AMBIGUOUS'
        ? { kind: 'unknown', reason: '5xx' }
        : { kind: 'refused', refusal };
    }
    // "Well received" without what was received is no answer.
    return frame === undefined
      ? { kind: 'unknown', reason: 'parse' }
      : { kind: 'taken', id: messageIdIn(frame) };
  }
}

/** Bytes that are sent together or not at all. */
interface Parcel {
  readonly bytes: readonly Buffer[];
  /** Absent for bytes without personal data. */
  readonly bounds?: WriteBounds;
  /** Called in the turn in which the first byte is sent. */
  readonly onWritten?: () => void;
  /** Called when it never will be sent. */
  readonly onDropped?: (why: 'too-late' | 'aborted' | 'closed') => void;
}

/** Maximum bytes given to the system at once: the rest waits here, where it can still be held back. */
const AT_ONCE = 16_384;

/** A connection that accepts no bytes for so long is ended: they would be sent long after their last look. */
const STUCK_AFTER_MS = 250;

/** Writes in the given order, and checks the bounds again as each parcel is sent. */
export class Outbox {
  readonly #socket: Socket;
  readonly #stuck: () => void;
  readonly #waiting: Parcel[] = [];
  #writing = false;
  #batch: readonly Buffer[] | undefined;
  #scheduled = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, stuck: () => void) {
    this.#socket = socket;
    this.#stuck = stuck;
  }

  /** True when the socket accepts writes without buffering. */
  get flows(): boolean {
    return !this.#closed && !this.#writing;
  }

  /** Sends a parcel in this turn of the event loop, with all others of the turn. */
  put(parcel: Parcel): void {
    if (this.#closed) return parcel.onDropped?.('closed');
    this.#waiting.push(parcel);
    if (this.#scheduled || this.#writing) return undefined;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { onDropped } of this.#waiting.splice(0)) onDropped?.('closed');
  }

  #flush(): void {
    if (this.#closed || this.#writing) return;
    const batch: Buffer[] = [];
    for (let size = 0; size < AT_ONCE && this.#waiting.length > 0;) {
      const parcel = this.#waiting.shift();
      if (parcel === undefined || !admit(parcel)) continue;
      for (const bytes of parcel.bytes) size += bytes.length;
      batch.push(...parcel.bytes);
    }
    if (batch.length > 0) this.#write(batch);
  }

  #write(batch: readonly Buffer[]): void {
    this.#writing = true;
    this.#timer = setTimeout(() => this.#doubt(batch), STUCK_AFTER_MS);
    this.#batch = batch;
    this.#socket.write(Buffer.concat(batch), () => {
      clearTimeout(this.#timer);
      this.#writing = false;
      this.#flush();
    });
  }

  /** Our own process may have been busy: writes the system accepted meanwhile are reported within one turn. */
  #doubt(batch: readonly Buffer[]): void {
    setImmediate(() => {
      if (this.#writing && this.#batch === batch && !this.#closed) this.#stuck();
    });
  }
}

/** Checks the bounds of a parcel a last time, and reports whether it is written. */
function admit({ bounds, onWritten, onDropped }: Parcel): boolean {
  const reason = bounds === undefined ? undefined : tooLate(bounds);
  if (reason === undefined) onWritten?.();
  else onDropped?.(reason);
  return reason === undefined;
}

export interface SilenceLimits {
  /** After so long without traffic the operator is asked whether it is there. */
  readonly enquireLinkMs: number;
  /** Time limit of an awaited PDU. */
  readonly requestTimeoutMs: number;
}

/** Watches an operator's traffic: a silent one is asked, and given up when it does not answer. */
export class Silence {
  readonly #requestTimeoutMs: number;
  readonly #over: () => void;
  readonly #quiet: NodeJS.Timeout;
  #awaited: NodeJS.Timeout | undefined;

  constructor(
    { enquireLinkMs, requestTimeoutMs }: SilenceLimits,
    callbacks: { ask: () => void; over: () => void },
  ) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#over = callbacks.over;
    this.#quiet = setTimeout(() => {
      callbacks.ask();
      this.expectTraffic();
      this.#quiet.refresh();
    }, enquireLinkMs);
  }

  expectTraffic(): void {
    this.#awaited ??= setTimeout(this.#over, this.#requestTimeoutMs);
  }

  /** Notes traffic: a whole PDU, not a byte now and then. */
  noteTraffic(): void {
    clearTimeout(this.#awaited);
    this.#awaited = undefined;
    this.#quiet.refresh();
  }

  end(): void {
    clearTimeout(this.#awaited);
    clearTimeout(this.#quiet);
  }
}

/** Asks, after an unanswered message, whether the operator is there at all, before the session is given up. */
export class ConnectionDoubt {
  readonly #ask: () => Promise<PartResult>;
  readonly #silent: () => void;
  #open = false;

  constructor(ask: () => Promise<PartResult>, silent: () => void) {
    this.#ask = ask;
    this.#silent = silent;
  }

  /** While it is open, nothing more is written. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Asks once, however many messages were not answered. */
  begin(): void {
    if (this.#open) return;
    this.#open = true;
    void this.#settled();
  }

  async #settled(): Promise<void> {
    const answer = await this.#ask();
    this.#open = false;
    if (answer.kind === 'unknown' && answer.reason === 'timeout') this.#silent();
  }
}
