import type { CreationDeps } from '../campaigns/creation.ts';
import type { Transaction } from '../database/connection.ts';
import { uuidV7 } from '../database/uuid-v7.ts';
import type { Api } from './api.ts';
import { accountTerms } from './gateway-terms.ts';

/** What campaigns are made and changed with, for the tenant of the transaction. */
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
