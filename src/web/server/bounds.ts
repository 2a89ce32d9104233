import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, outageOf, Refusal } from '../../platform/index.ts';
import { budgets } from './budgets.ts';

/** Beyond it addresses are forgotten oldest first: memory does not grow with a flood. */
const MOST_REMEMBERED = 20_000;

/** Limits events within a time, by name; in memory of one process. */
export class Bound {
  readonly #most: number;
  readonly #withinMs: number;
  readonly #windows = new Map<string, { readonly since: number; count: number }>();

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

interface Turn {
  readonly go: () => void;
  readonly fail: (cause: unknown) => void;
}

/** Runs work a few at a time of each name; the rest waits in order, and fails with the first one that meets an outage. */
export class FewAtOnce {
  readonly #most: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, Turn[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Runs it once its turn has come. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(name) ?? 0;
    // Whoever ends hands its turn on.
    if (running >= this.#most) await this.#turn(name);
    else this.#running.set(name, running + 1);
    try {
      return await work();
    } catch (cause) {
      // Each would wait as long as this one did.
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

/** Lets events of one name begin some time apart; whoever brings them bounds how many wait. */
export class Spaced {
  readonly #apartMs: number;
  /** The earliest beginning of the next one, by the monotonic clock; the name used longest ago first. */
  readonly #next = new Map<string, number>();

  constructor(apartMs: number) {
    this.#apartMs = apartMs;
  }

  /** Resolves once this one may begin. */
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

const { most, withinMs, waitMs, waiting: mostWaiting, atOnce } = budgets.signIns;
const ALL = 'all';

/** Invalid keys by address: with many failures, each further key waits before it is checked. */
export class KeyAttempts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Bound(most, withinMs);
  readonly #turns = new FewAtOnce(atOnce);
  readonly #waits = new BoundedWait({ most: mostWaiting, longestMs: waitMs });
  /** As fast as others can begin to wait. */
  readonly #apart = new Spaced(waitMs / mostWaiting);
  readonly #refusalsApart = new Spaced(budgets.strangersApartMs);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Looks up a key that is not among those recently found valid; an invalid one counts. Few of one address are looked
   * up at once: of those that come together the first ones count before the others are looked up. Refuses where too
   * many wait.
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

  /** Looks it up; undefined, and nothing is looked up, where others became too many meanwhile. */
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
    // Those who came together have waited together: all at once they would hold everybody else.
    if (await this.#waits.wait(waitMs)) return this.#apart.wait(ALL, this.#clock.monotonic());
    // Answered in one turn of the event loop, those who came together would hold everybody else too.
    await this.#refusalsApart.wait(ALL, this.#clock.monotonic());
    const { resetMs } = this.#failures.status(from, this.#clock.monotonic());
    throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(resetMs / 1_000) });
  }
}

/** Begins a request; false where nobody waits for it any more. */
type Begin = () => boolean;

/**
 * Begins requests in turns of the event loop. Each turn begins one of every line, whose owners take turns in it:
 * hundreds that come together would hold the loop until each of them had begun, and everybody else with it.
 */
export class RequestTurns {
  readonly #restMs: () => number;
  readonly #lines = new Map<string, Map<string, Begin[]>>();
  #isTurning = false;

  /** `restMs` says how long to wait before the next turn. */
  constructor(restMs: () => number = () => 0) {
    this.#restMs = restMs;
  }

  /**
   * Begins it at once where none waits, else as soon as its owner's turn comes in its line: one for each class of
   * addresses and each known tenant.
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

  /** Those whose senders have gone take no turn. */
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

/** Longer than most answers take: whoever waits longer waits for the database, or reads a stream. */
const WAITED_FOR_MS = 100;

/** The requests for whose answers known callers wait: each until it is answered, or takes long. */
export class AwaitedAnswers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By when they began, oldest first. */
  readonly #awaited = new Set<{ readonly since: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts one, until the function that it returns is called. */
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
