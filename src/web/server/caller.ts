import type { Sharer } from './shares.ts';

/** What a key may be used for. */
export const ROLES = ['admin', 'marketer', 'scheduler', 'operator', 'auditor'] as const;

/** A role within a tenant, or that of the instance, which reads no personal data. */
export type Role = (typeof ROLES)[number] | 'instance';

/** Every role of a tenant. */
export const EVERYBODY: readonly Role[] = [...ROLES];

/** Who asks: the key, never the person behind it. */
export interface Caller {
  readonly keyId: string;
  /** `NO_TENANT` for the instance. */
  readonly tenantId: string;
  readonly role: Role;
  /** The system the key belongs to; external ids are unique within it. */
  readonly source: string;
  readonly name: string;
  /** The trade of the tenant, known with the key so that a text is judged without another question. */
  readonly sector: string;
  /** Its sites, known with the key too. */
  readonly domains: readonly string[];
  /** In whose language it is answered when a request names none. */
  readonly locale: string;
  /** Where it is, for a question to the law that names no place. */
  readonly home: { readonly territory: string; readonly timeZone: string };
}

/** Whose part of what is shared a request takes. */
export const sharerOf = ({ keyId, tenantId }: Caller): Sharer => ({ tenant: tenantId, key: keyId });

/** Stands where a tenant id is asked for and the instance acts for itself. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** How an audit entry or a consent event names the caller. */
export const actorOf = (caller: Caller): string => `key:${caller.keyId}`;
