import type { Socket } from 'node:net';
import { tooLate } from '../exchange.ts';
import type { Attempt } from '../../sending/index.ts';

/** What bounds the first byte of something written. */
export type Bounds = Pick<Attempt, 'writeBefore' | 'signal' | 'monotonic' | 'machine' | 'onFirstByte'>;

/** Bytes that leave together or not at all. */
export interface Parcel {
  readonly bytes: readonly Buffer[];
  /** None for what names nobody. */
  readonly bounds?: Bounds;
  /** Told in the turn in which the first byte leaves. */
  readonly left?: () => void;
  /** Told when it never will. */
  readonly stayed?: (why: 'too-late' | 'aborted' | 'closed') => void;
}

/** Handed to the system at once, at most: what it does not take waits here, where it can still be kept back. */
const AT_ONCE = 16_384;

/** Longer than that an operator that reads nothing is not written to: bytes would leave after their look. */
const STUCK_AFTER_MS = 250;

/** Writes in the order given, and asks again as each parcel leaves whether it still may. */
export class Outbox {
  readonly #socket: Socket;
  readonly #stuck: () => void;
  readonly #waiting: Parcel[] = [];
  #writing = false;
  #leaving: readonly Buffer[] | undefined;
  #scheduled = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, stuck: () => void) {
    this.#socket = socket;
    this.#stuck = stuck;
  }

  /** Whether the system takes what is written. */
  get flows(): boolean {
    return !this.#closed && !this.#writing;
  }

  /** Leaves in this turn of the event loop, with all else that is put in it. */
  put(parcel: Parcel): void {
    if (this.#closed) return parcel.stayed?.('closed');
    this.#waiting.push(parcel);
    if (this.#scheduled || this.#writing) return undefined;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** Nothing more leaves. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { stayed } of this.#waiting.splice(0)) stayed?.('closed');
  }

  #flush(): void {
    if (this.#closed || this.#writing) return;
    const leaving: Buffer[] = [];
    for (let size = 0; size < AT_ONCE && this.#waiting.length > 0;) {
      const parcel = this.#waiting.shift();
      if (parcel === undefined || !mayLeave(parcel)) continue;
      for (const bytes of parcel.bytes) size += bytes.length;
      leaving.push(...parcel.bytes);
    }
    if (leaving.length > 0) this.#write(leaving);
  }

  #write(leaving: readonly Buffer[]): void {
    this.#writing = true;
    this.#timer = setTimeout(() => this.#doubt(leaving), STUCK_AFTER_MS);
    this.#leaving = leaving;
    this.#socket.write(Buffer.concat(leaving), () => {
      clearTimeout(this.#timer);
      this.#writing = false;
      this.#flush();
    });
  }

  /** Our own process may have been busy: what the system has taken meanwhile is told within one turn. */
  #doubt(leaving: readonly Buffer[]): void {
    setImmediate(() => {
      if (this.#writing && this.#leaving === leaving && !this.#closed) this.#stuck();
    });
  }
}

function mayLeave({ bounds, left, stayed }: Parcel): boolean {
  const reason = bounds === undefined ? undefined : tooLate(bounds);
  if (reason === undefined) left?.();
  else stayed?.(reason);
  return reason === undefined;
}
