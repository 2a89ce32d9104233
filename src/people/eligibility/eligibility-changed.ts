import { type Clock, type Transaction, handlers } from '../../platform/index.ts';

/** Called in the transaction that changed people's eligibility. */
type EligibilityHandler = (
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactIds: readonly string[],
) => Promise<void>;

/** Called one after the other. */
export const eligibilityHandlers = handlers<EligibilityHandler>('eligibilityHandlers');

/** Reports that the consents or the numbers of people changed. */
export async function eligibilityChanged(...change: Parameters<EligibilityHandler>): Promise<void> {
  for (const handle of eligibilityHandlers.all) await handle(...change);
}
