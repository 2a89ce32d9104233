import type { Call, Gateway, SubmitResult } from '../gateway/gateway.ts';

/**
 * So many different people in a row, refused in one way that nobody can explain, and it is the account that is refused.
 *
 * Each of them is given up: fewer would let three unlucky numbers stop a campaign.
 */
export const REFUSED_ALIKE = 5;
/** The same, whatever their codes. */
export const REFUSED_IN_A_ROW = 20;

/** Messages remembered that parked their account, at most. */
const MOST_PARKED = 1_000;

/** Tells a refusal of one person from one of the account; what is taken in between proves the account. */
export class Refusals {
  readonly #people = new Map<string, string>();
  /** Messages that the account was parked for, and whether it took another since. */
  readonly #parked = new Map<string, boolean>();

  /** What an answer says: an account that takes others does not refuse this person for its own sake. */
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

  /** Notes a refusal that nobody can explain; answers whether it is the account that is refused. */
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

/** The refusals of an account, one for all batches of this worker. */
export function refusalsOf(gateway: Gateway): Refusals {
  const refusals = known.get(gateway) ?? new Refusals();
  known.set(gateway, refusals);
  return refusals;
}
