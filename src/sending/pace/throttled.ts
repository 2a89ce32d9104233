import type { Account } from '../accounts/account.ts';
import type { SubmitResult } from '../gateway/gateway.ts';
import type { Rates } from './rate.ts';

/** Says whether an operator asks for less, by a 429 or in its own way. */
export const isThrottled = (result: SubmitResult): result is Extract<SubmitResult, { kind: 'REFUSED' }> =>
  result.kind === 'REFUSED' && result.errorClass === 'THROTTLED';

/** Codes of our own side of a full session: the operator was not asked. */
const OUR_OWN = new Set(['WINDOW_FULL']);

/**
 * Updates the limit of an account from an answer: it falls with each complaint of the operator, and grows while
 * messages are taken. True when the complaint is met by slowing down alone: the operator takes some messages, and
 * named no time to wait for.
 */
export function learnFromResult(rates: Rates, { id, ratePerSecond }: Account, result: SubmitResult): boolean {
  const part = rates.partOf(`account:${id}`);
  if (result.kind === 'ACCEPTED')
    rates.learnedLimits.took(id, { messages: result.perRecipient.length, part });
  if (!isThrottled(result) || OUR_OWN.has(result.code)) return false;
  const takesSome = rates.learnedLimits.complained(id, { part, statedLimit: ratePerSecond });
  return takesSome && result.retryAfterMs === undefined;
}
