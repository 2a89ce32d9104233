import { exclusions, type ExclusionReason, type Language } from '../../words/index.ts';
import type { Clock, Transaction } from '../../platform/index.ts';
import { handlers } from '../../base/index.ts';

/** Says whether a code is a reason of exclusion. */
export const isExclusionReason = (code: string): code is ExclusionReason => Object.hasOwn(exclusions, code);

/** Returns the sentences of a reason of exclusion: why, and how to cure it; an unknown code is shown as it is. */
export function exclusionWords(
  reason: string,
  language: Language,
): { readonly why: string; readonly cure: string } {
  const words = isExclusionReason(reason) ? exclusions[reason] : undefined;
  return { why: words?.why[language] ?? reason, cure: words?.cure[language] ?? '' };
}

/** Called in the transaction that changed people's eligibility. */
type EligibilityHandler = (
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactIds: readonly string[],
) => Promise<void>;

/** The handlers of higher folders, called one after the other. */
export const eligibilityHandlers = handlers<EligibilityHandler>('eligibilityHandlers');

/** Calls the handlers after the consents or the numbers of people changed. */
export async function eligibilityChanged(...change: Parameters<EligibilityHandler>): Promise<void> {
  for (const handle of eligibilityHandlers.all) await handle(...change);
}
