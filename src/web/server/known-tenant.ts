import { type Transaction, Refusal } from '../../platform/index.ts';
import { tenantOf, type Tenant } from '../../company/index.ts';

/** Reads the tenant of the transaction; refuses where there is none, as for the instance's own key. */
export async function knownTenant(tx: Transaction, lock: 'read' | 'change' = 'read'): Promise<Tenant> {
  const tenant = await tenantOf(tx, lock);
  if (tenant === undefined) throw new Refusal('NOT_FOUND');
  return tenant;
}
