import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, outageOf, Refusal } from '../../platform/index.ts';
import { budgets } from './budgets.ts';

/** Beyond this number the oldest names are forgotten, so that memory does not grow with a flood. */
const MOST_REMEMBERED = 20_000;

/** Limits the events of each name within a period, in the memory of one process. */
export class Bound {
  readonly #most: number;
  readonly #withinMs: number;
  readonly #windows = new Map<string, { readonly since: number; count: number }>();

  constructor(most: number, withinMs: number) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** Counts one more event, and says whether it is still within the limit. */
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

  /** Returns how many more events are allowed, the milliseconds to the next period, and when it begins. */
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

/**
 * Returns the part of an address by which callers are counted: for IPv6 the first 64 bits, which one household
 * shares.
 */
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

interface Turn {
  readonly go: () => void;
  readonly fail: (cause: unknown) => void;
}

/**
 * Runs the work of each name a few at a time; other work waits in order, and fails when work of its name meets an
 * outage.
 */
export class FewAtOnce {
  readonly #most: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, Turn[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Runs the work when its turn comes. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(name) ?? 0;
    // Work that ends passes its turn on to the next.
    if (running >= this.#most) await this.#turn(name);
    else this.#running.set(name, running + 1);
    try {
      return await work();
    } catch (cause) {
      // During an outage each would wait as long as this one did.
      if (outageOf(cause) !== undefined) this.#failAll(name, cause);
      throw cause;
    } finally {
      this.#end(name);
    }
  }

  #turn(name: string): Promise<void> {
    return new Promise((go, fail) => {
      const waiting = this.#waiting.get(name);
      if (waiting === undefined) this.#waiting.set(name, [{ go, fail }]);
      else waiting.push({ go, fail });
    });
  }

  #failAll(name: string, cause: unknown): void {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const { fail } of waiting) fail(cause);
  }

  #end(name: string): void {
    const waiting = this.#waiting.get(name);
    const next = waiting?.shift();
    if (waiting?.length === 0) this.#waiting.delete(name);
    if (next !== undefined) {
      next.go();
      return;
    }
    const left = (this.#running.get(name) ?? 1) - 1;
    if (left > 0) this.#running.set(name, left);
    else this.#running.delete(name);
  }
}

/** Lets events of one name begin some time apart; the caller has to bound how many wait. */
export class Spaced {
  readonly #apartMs: number;
  /** When the next event of each name may begin, by the monotonic clock; the name used longest ago comes first. */
  readonly #next = new Map<string, number>();

  constructor(apartMs: number) {
    this.#apartMs = apartMs;
  }

  /** Resolves when this event may begin. */
  async wait(name: string, monotonic: number): Promise<void> {
    for (const [old, next] of this.#next) {
      if (next > monotonic) break;
      this.#next.delete(old);
    }
    const at = Math.max(this.#next.get(name) ?? 0, monotonic);
    this.#next.delete(name);
    this.#next.set(name, at + this.#apartMs);
    if (at > monotonic) await pause(at - monotonic);
  }
}

/** Lets a bounded number of requests wait at once. */
export class BoundedWait {
  readonly #most: number;
  readonly #longestMs: number;
  #waiting = 0;

  constructor({ most, longestMs }: { readonly most: number; readonly longestMs: number }) {
    this.#most = most;
    this.#longestMs = longestMs;
  }

  /** Waits for so long; returns false at once when too many wait already, or the wait would be too long. */
  async wait(ms: number): Promise<boolean> {
    if (ms > this.#longestMs || this.#waiting >= this.#most) return false;
    this.#waiting += 1;
    await pause(ms);
    this.#waiting -= 1;
    return true;
  }
}

const { most, withinMs, waitMs, waiting: mostWaiting, atOnce } = budgets.signIns;
const ALL = 'all';

/** Counts invalid keys by address: after many, each further key from there waits before it is checked. */
export class KeyAttempts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Bound(most, withinMs);
  readonly #turns = new FewAtOnce(atOnce);
  readonly #waits = new BoundedWait({ most: mostWaiting, longestMs: waitMs });
  /** Ends the waits as far apart as others can begin to wait. */
  readonly #apart = new Spaced(waitMs / mostWaiting);
  readonly #refusalsApart = new Spaced(budgets.strangersApartMs);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Looks up a key that was not found valid recently, and counts it when it is invalid. Few keys from one address are
   * looked up at once, so that of many that come together the first are counted before the others are looked up. Refuses
   * when too many wait.
   */
  async check<T>(from: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    if (!this.#isSlow(from)) {
      const looked = await this.#turns.run(from, () => this.#lookUnlessSlow(from, look));
      if (looked !== undefined) return looked.found;
    }
    await this.#wait(from);
    return this.#turns.run(from, () => this.#look(from, look));
  }

  #isSlow(from: string): boolean {
    return this.#failures.status(from, this.#clock.monotonic()).left === 0;
  }

  /** Looks a key up; returns undefined without looking when the address has had too many invalid keys meanwhile. */
  async #lookUnlessSlow<T>(
    from: string,
    look: () => Promise<T | undefined>,
  ): Promise<{ readonly found: T | undefined } | undefined> {
    return this.#isSlow(from) ? undefined : { found: await this.#look(from, look) };
  }

  async #look<T>(from: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const found = await look();
    if (found === undefined) this.#failures.admits(from, this.#clock.monotonic());
    return found;
  }

  async #wait(from: string): Promise<void> {
    // Requests that came together have waited together: ending all waits at once would delay everybody else.
    if (await this.#waits.wait(waitMs)) return this.#apart.wait(ALL, this.#clock.monotonic());
    // Refusals are spread too: given in one turn of the event loop they would delay everybody else.
    await this.#refusalsApart.wait(ALL, this.#clock.monotonic());
    const { resetMs } = this.#failures.status(from, this.#clock.monotonic());
    throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(resetMs / 1_000) });
  }
}

/** Begins a request; returns false when its client has hung up. */
type Begin = () => boolean;

/**
 * Begins requests in turns of the event loop: each turn begins one request of every line, and the owners of a line take
 * turns. Hundreds of requests that come together would otherwise occupy the loop until each of them had begun.
 */
export class RequestTurns {
  readonly #restMs: () => number;
  readonly #lines = new Map<string, Map<string, Begin[]>>();
  #isTurning = false;

  /** `restMs` returns the milliseconds to wait before the next turn. */
  constructor(restMs: () => number = () => 0) {
    this.#restMs = restMs;
  }

  /**
   * Begins a request at once when none waits, otherwise when its owner's turn comes in its line. There is a line for each
   * class of addresses and for each known tenant.
   */
  take({ line, owner }: { readonly line: string; readonly owner: string }, begin: Begin): void {
    const owners = this.#lines.get(line) ?? new Map<string, Begin[]>();
    this.#lines.set(line, owners);
    const waiting = owners.get(owner);
    if (waiting === undefined) owners.set(owner, [begin]);
    else waiting.push(begin);
    if (!this.#isTurning) this.#turn();
  }

  #turn(): void {
    this.#isTurning = this.#lines.size > 0;
    if (!this.#isTurning) return;
    for (const line of this.#lines.keys()) this.#beginOne(line);
    const turn = (): void => this.#turn();
    const restMs = this.#restMs();
    if (restMs > 0) setTimeout(turn, restMs);
    else setImmediate(turn);
  }

  /** Begins the next request of a line; requests whose clients have hung up are passed over. */
  #beginOne(line: string): void {
    for (let next = this.#next(line); next !== undefined; next = this.#next(line)) if (next()) return;
  }

  #next(line: string): Begin | undefined {
    const owners = this.#lines.get(line);
    const [first] = owners ?? [];
    if (owners === undefined || first === undefined) return undefined;
    const [owner, waiting] = first;
    const begin = waiting.shift();
    owners.delete(owner);
    if (waiting.length > 0) owners.set(owner, waiting);
    if (owners.size === 0) this.#lines.delete(line);
    return begin;
  }
}

/** Milliseconds within which most answers are given: a longer one waits for the database, or is a stream. */
const WAITED_FOR_MS = 100;

/** Knows whether known callers wait for answers; a request counts until it is answered, or takes long. */
export class AwaitedAnswers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** The oldest first. */
  readonly #awaited = new Set<{ readonly since: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts a request until the returned function is called. */
  add(): () => void {
    const one = { since: this.#clock.monotonic() };
    this.#awaited.add(one);
    return () => void this.#awaited.delete(one);
  }

  get any(): boolean {
    const long = this.#clock.monotonic() - WAITED_FOR_MS;
    for (const one of this.#awaited) {
      if (one.since > long) return true;
      this.#awaited.delete(one);
    }
    return false;
  }
}
