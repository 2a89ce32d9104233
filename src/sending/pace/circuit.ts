import type { Gateway, SubmitResult } from '../gateway/gateway.ts';

/** So many calls in a row that came to nothing: the operator is ill, and each more would be one more in doubt. */
const OPENS_AFTER = 20;
/** A sick operator is asked with one message each 3 s: well below the 10 s in which work goes on again. */
const REST_MS = 3_000;
/** So long without a message taken, and another account of the route may take its place. */
const TOO_LONG_MS = 60_000;
/** Fewer vain tries than that may be an accident each. */
const TIMES = 5;

/** Stops writing to an operator that fails, and tries it again with one message at a time. */
export class Circuit {
  #failures = 0;
  #triesAt = 0;
  #trying = false;
  #illSince: number | undefined;
  #illAt = 0;
  #illTimes = 0;
  #restsUntil = 0;

  /** How many messages may be written at that moment. */
  room(now: number, wished: number): number {
    if (now < this.#restsUntil) return 0;
    if (this.#failures < OPENS_AFTER) return wished;
    return this.#trying || now < this.#triesAt ? 0 : Math.min(1, wished);
  }

  /** Milliseconds until it is tried again; 0 when it may be written to. */
  restMs(now: number): number {
    const restMs = Math.max(0, this.#restsUntil - now);
    return this.#failures < OPENS_AFTER ? restMs : Math.max(restMs, this.#triesAt - now);
  }

  /** A receipt told that the operator was written to too fast. */
  rests(now: number): void {
    this.#restsUntil = now + REST_MS;
  }

  /** A message is about to be written; what becomes of it must be heard. */
  begins(): void {
    this.#trying = this.#failures >= OPENS_AFTER;
  }

  /** What became of it; nothing written says nothing of the operator. */
  heard(result: SubmitResult, now: number): void {
    this.#trying = false;
    if (failed(result) || isThrottled(result)) this.isIll(now);
    else if (result.kind !== 'NOT_WRITTEN') this.#illSince = undefined;
    if (failed(result)) {
      this.#failures += 1;
      this.#triesAt = now + REST_MS;
    } else if (result.kind !== 'NOT_WRITTEN') {
      this.#failures = 0;
    }
  }

  /** It was tried in vain: no connection, no answer, or one that says to slow down. */
  isIll(now: number): void {
    // Tried again after a long rest, an operator begins anew.
    if (this.#illSince === undefined || now - this.#illAt > 2 * TOO_LONG_MS) {
      this.#illSince = now;
      this.#illTimes = 0;
    }
    this.#illAt = now;
    this.#illTimes += 1;
  }

  /** Whether it was tried in vain for so long, and lately too, that messages need not wait for it. */
  isLost(now: number): boolean {
    const lasts = this.#illSince !== undefined && now - this.#illSince >= TOO_LONG_MS;
    return lasts && this.#illTimes >= TIMES && now - this.#illAt < TOO_LONG_MS;
  }
}

const isThrottled = (result: SubmitResult): boolean =>
  result.kind === 'REFUSED' && result.errorClass === 'THROTTLED';

/** A refusal of one message is an answer of a healthy operator. */
const failed = (result: SubmitResult): boolean =>
  result.kind === 'UNKNOWN' || (result.kind === 'REFUSED' && result.errorClass === 'RETRYABLE');

const circuits = new WeakMap<Gateway, Circuit>();

/** The circuit of an account, one for all batches of this worker. */
export function circuitOf(gateway: Gateway): Circuit {
  const known = circuits.get(gateway);
  if (known !== undefined) return known;
  const circuit = new Circuit();
  circuits.set(gateway, circuit);
  return circuit;
}
