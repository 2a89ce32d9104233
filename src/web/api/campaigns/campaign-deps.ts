import type { CreationDeps } from '../../../campaigns/index.ts';
import { type Transaction, uuidV7 } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { accountTerms } from '../messages/gateway-terms.ts';

/** Collects the dependencies of creating and changing campaigns, for the tenant of the transaction. */
export async function campaignDeps(
  tx: Transaction,
  { vault, clock, gateways, optOut }: Api,
): Promise<CreationDeps> {
  return {
    keys: await vault.tenant(tx),
    clock,
    newId: () => uuidV7(clock.machine()),
    terms: accountTerms(gateways, optOut.base),
  };
}
