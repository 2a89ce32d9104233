import type { Call, Gateway, SubmitResult } from '../gateway/gateway.ts';

/**
 * Different people in a row, refused in one unexplained way, after which the account counts as refused. Each of
 * them is given up: a lower number would let three unlucky numbers stop a campaign.
 */
export const REFUSED_ALIKE = 5;
/** The same, with any codes. */
export const REFUSED_IN_A_ROW = 20;

/** Maximum number of remembered messages that parked their account. */
const MOST_PARKED = 1_000;

/** Separates refusals of one person from those of the account; an acceptance in between proves the account. */
export class Refusals {
  readonly #people = new Map<string, string>();
  /** Messages for which the account was parked, and whether it accepted another since. */
  readonly #parked = new Map<string, boolean>();

  /** Interprets an answer: an account that accepts other messages does not refuse this person for its own sake. */
  read(call: Call, result: SubmitResult): SubmitResult {
    if (result.kind === 'ACCEPTED') this.#proved();
    if (result.kind !== 'REFUSED' || result.errorClass !== 'CONFIG') return result;
    const [person] = call.recipients;
    const name = person?.reference ?? '';
    if (this.#parked.get(name) === true) return { ...result, errorClass: 'UNLISTED' };
    this.#parked.set(name, false);
    const [oldest] = this.#parked.keys();
    if (this.#parked.size > MOST_PARKED && oldest !== undefined) this.#parked.delete(oldest);
    return result;
  }

  /** Notes an unexplained refusal; says whether the account is refused. */
  isOfAccount(call: Call, result: SubmitResult): boolean {
    if (result.kind !== 'REFUSED' || result.errorClass !== 'UNLISTED') return false;
    for (const { to } of call.recipients) this.#people.set(to, result.code);
    const alike = [...this.#people.values()].filter((code) => code === result.code).length;
    if (alike < REFUSED_ALIKE && this.#people.size < REFUSED_IN_A_ROW) return false;
    this.#people.clear();
    return true;
  }

  #proved(): void {
    this.#people.clear();
    for (const name of this.#parked.keys()) this.#parked.set(name, true);
  }
}

const known = new WeakMap<Gateway, Refusals>();

/** Returns the refusals of an account, shared by all batches of this worker. */
export function refusalsOf(gateway: Gateway): Refusals {
  const refusals = known.get(gateway) ?? new Refusals();
  known.set(gateway, refusals);
  return refusals;
}
