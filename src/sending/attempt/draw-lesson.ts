import type { SubmitResult } from '../gateway/gateway.ts';
import type { Account } from '../accounts/account.ts';
import type { Rates } from '../pace/rate.ts';

/** Said by our own side of a session that is full: the operator was not asked. */
const OUR_OWN = new Set(['WINDOW_FULL']);

/** Learns from an answer how much an account takes; true when a complaint is met by going slower, without a rest. */
export function drawLesson(rates: Rates, { id, ratePerSecond }: Account, result: SubmitResult): boolean {
  const part = rates.partOf(`account:${id}`);
  if (result.kind === 'ACCEPTED') rates.learning.took(id, { messages: result.perRecipient.length, part });
  if (result.kind !== 'REFUSED' || result.errorClass !== 'THROTTLED' || OUR_OWN.has(result.code))
    return false;
  const takesSome = rates.learning.complained(id, { part, told: ratePerSecond });
  return takesSome && result.retryAfterMs === undefined;
}
