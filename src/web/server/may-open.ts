import { type Transaction, Refusal } from '../../platform/index.ts';
import { isOnlyTenant } from '../../company/index.ts';
import type { Caller } from './caller.ts';

/** Admits the instance's key, or the admin of the only tenant, to content of every tenant. */
export async function mayOpen(tx: Transaction, { role }: Caller): Promise<void> {
  if (role === 'instance' || (await isOnlyTenant(tx))) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'There are several tenants: this is opened with the key of the instance.',
  });
}
