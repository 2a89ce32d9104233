import type { Socket } from 'node:net';
import { tooLate } from '../exchange.ts';
import type { CallBounds } from '../../sending/index.ts';

/** The bounds of the first byte of a write. */
export type WriteBounds = Pick<
  CallBounds,
  'writeBefore' | 'signal' | 'monotonic' | 'machine' | 'onFirstByte'
>;

/** Bytes that are sent together or not at all. */
export interface Parcel {
  readonly bytes: readonly Buffer[];
  /** Absent for bytes without personal data. */
  readonly bounds?: WriteBounds;
  /** Called in the turn in which the first byte is sent. */
  readonly left?: () => void;
  /** Called when it never will be. */
  readonly stayed?: (why: 'too-late' | 'aborted' | 'closed') => void;
}

/** Maximum bytes given to the system at once: the rest waits here, where it can still be held back. */
const AT_ONCE = 16_384;

/** Beyond that, an operator that reads nothing is not written to: bytes would be sent after their look. */
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
    if (this.#closed) return parcel.stayed?.('closed');
    this.#waiting.push(parcel);
    if (this.#scheduled || this.#writing) return undefined;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** Stops sending. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { stayed } of this.#waiting.splice(0)) stayed?.('closed');
  }

  #flush(): void {
    if (this.#closed || this.#writing) return;
    const batch: Buffer[] = [];
    for (let size = 0; size < AT_ONCE && this.#waiting.length > 0;) {
      const parcel = this.#waiting.shift();
      if (parcel === undefined || !mayLeave(parcel)) continue;
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

function mayLeave({ bounds, left, stayed }: Parcel): boolean {
  const reason = bounds === undefined ? undefined : tooLate(bounds);
  if (reason === undefined) left?.();
  else stayed?.(reason);
  return reason === undefined;
}
