import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Beyond it addresses are forgotten oldest first: memory does not grow with a flood. */
const MOST_REMEMBERED = 20_000;

interface Window {
  readonly since: number;
  count: number;
}

/** Limits events within a time, by name; in memory of one process. */
export class Bound {
  readonly #most: number;
  readonly #withinMs: number;
  readonly #windows = new Map<string, Window>();

  constructor(most: number, withinMs: number) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** Counts one more, and says whether it is still within the bound. */
  admits(name: string, monotonic: number): boolean {
    const known = this.#windows.get(name);
    if (known !== undefined && monotonic - known.since < this.#withinMs) {
      known.count += 1;
      return known.count <= this.#most;
    }
    this.#windows.delete(name);
    const oldest = this.#windows.keys().next();
    if (this.#windows.size >= MOST_REMEMBERED && oldest.done !== true) this.#windows.delete(oldest.value);
    this.#windows.set(name, { since: monotonic, count: 1 });
    return true;
  }

  /** Returns how many more are allowed, the milliseconds to the next period, and its time. */
  status(
    name: string,
    monotonic: number,
  ): { readonly left: number; readonly resetMs: number; readonly endsAt: number } {
    const known = this.#windows.get(name);
    if (known === undefined || monotonic - known.since >= this.#withinMs)
      return { left: this.#most, resetMs: this.#withinMs, endsAt: monotonic + this.#withinMs };
    return {
      left: Math.max(0, this.#most - known.count),
      resetMs: Math.ceil(this.#withinMs - (monotonic - known.since)),
      endsAt: known.since + this.#withinMs,
    };
  }
}

/** One household counts once: an IPv6 address by its first 64 bits. */
export function neighbourhood(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from(
    { length: Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0)) },
    () => '0',
  );
  return [...(left ?? []), ...zeros, ...(right ?? [])].slice(0, 4).join(':');
}

/** Lets requests wait for their time, a bounded number of them at once. */
export class BoundedWait {
  readonly #most: number;
  readonly #longestMs: number;
  #waiting = 0;

  constructor({ most, longestMs }: { readonly most: number; readonly longestMs: number }) {
    this.#most = most;
    this.#longestMs = longestMs;
  }

  /** Waits so long, and says whether it did: not when too many wait already, nor beyond the limit. */
  async wait(ms: number): Promise<boolean> {
    if (ms > this.#longestMs || this.#waiting >= this.#most) return false;
    this.#waiting += 1;
    await pause(ms);
    this.#waiting -= 1;
    return true;
  }
}
