import type { Sharer } from './budgets.ts';
import { Refusal, type Role, type Transaction } from '../../platform/index.ts';
import { isOnlyTenant, tenantOf, type Tenant } from '../../company/index.ts';

/** The caller: the key, never the person behind it. */
export interface Caller {
  readonly keyId: string;
  /** `NO_TENANT` for the instance. */
  readonly tenantId: string;
  readonly role: Role;
  /** The system of the key; external ids are unique within it. */
  readonly source: string;
  readonly name: string;
  /** The trade of the tenant, read with the key so that judging a text needs no further query. */
  readonly sector: string;
  /** Its sites, read with the key too. */
  readonly domains: readonly string[];
  /** The language of answers when a request names none. */
  readonly locale: string;
  /** The caller's own place, for a question to the law that names none. */
  readonly home: { readonly territory: string; readonly timeZone: string };
}

/** Returns the owner of a request's share. */
export const sharerOf = ({ keyId, tenantId }: Caller): Sharer => ({ tenant: tenantId, key: keyId });

/** Replaces a tenant id where the instance acts for itself. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** Names the caller in an audit entry or a consent event. */
export const actorOf = (caller: Caller): string => `key:${caller.keyId}`;

/** Admits the instance's key, or the admin of the only tenant, to content of every tenant. */
export async function mayOpen(tx: Transaction, { role }: Caller): Promise<void> {
  if (role === 'instance' || (await isOnlyTenant(tx))) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'There are several tenants: this is opened with the key of the instance.',
  });
}

/** Reads the tenant of the transaction; refuses where there is none, as for the instance's own key. */
export async function knownTenant(tx: Transaction, lock: 'read' | 'change' = 'read'): Promise<Tenant> {
  const tenant = await tenantOf(tx, lock);
  if (tenant === undefined) throw new Refusal('NOT_FOUND');
  return tenant;
}
