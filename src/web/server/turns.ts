import type { Clock } from '../../platform/index.ts';

/** The line in which a request waits, one for each class of addresses and each known tenant, and whoever sends it. */
interface Waiting {
  readonly line: string;
  readonly owner: string;
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

  /** Begins it at once where none waits, else as soon as its owner's turn comes in its line. */
  take({ line, owner }: Waiting, begin: Begin): void {
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
