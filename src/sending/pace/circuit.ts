import type { Gateway, SubmitResult } from '../gateway/gateway.ts';

/** Failed calls in a row after which the operator counts as down: each more would be one more in doubt. */
const OPENS_AFTER = 20;
/** A failing operator is tried with one message each 3 s: well below the 10 s in which work goes on again. */
const REST_MS = 3_000;
/** Without an accepted message for so long, another account of the route may take over. */
const TOO_LONG_MS = 60_000;
/** Fewer failures than that may be accidents. */
const TIMES = 5;

/** Stops writing to a failing operator, and tries it again with one message at a time. */
export class Circuit {
  #failures = 0;
  #triesAt = 0;
  #trying = false;
  #illSince: number | undefined;
  #illAt = 0;
  #illTimes = 0;
  #restsUntil = 0;

  /** Returns how many messages may be written at that moment. */
  allowed(now: number, wished: number): number {
    if (now < this.#restsUntil) return 0;
    if (this.#failures < OPENS_AFTER) return wished;
    return this.#trying || now < this.#triesAt ? 0 : Math.min(1, wished);
  }

  /** Milliseconds until it is retried; 0 when it may be written to. */
  restMs(now: number): number {
    const restMs = Math.max(0, this.#restsUntil - now);
    return this.#failures < OPENS_AFTER ? restMs : Math.max(restMs, this.#triesAt - now);
  }

  /** Records that a receipt reported too fast a rate. */
  rests(now: number): void {
    this.#restsUntil = now + REST_MS;
  }

  /** Records that a message is about to be written; its outcome must follow. */
  begins(): void {
    this.#trying = this.#failures >= OPENS_AFTER;
  }

  /** Records an outcome; an unwritten message says nothing about the operator. */
  note(result: SubmitResult, now: number): void {
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

  /** Records a failure: no connection, no answer, or one that asks to slow down. */
  isIll(now: number): void {
    // After a long pause an operator starts anew.
    if (this.#illSince === undefined || now - this.#illAt > 2 * TOO_LONG_MS) {
      this.#illSince = now;
      this.#illTimes = 0;
    }
    this.#illAt = now;
    this.#illTimes += 1;
  }

  /** Says whether failures lasted so long, and were so recent, that messages need not wait for it. */
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

/** Returns the circuit of an account, shared by all batches of this worker. */
export function circuitOf(gateway: Gateway): Circuit {
  const known = circuits.get(gateway);
  if (known !== undefined) return known;
  const circuit = new Circuit();
  circuits.set(gateway, circuit);
  return circuit;
}
