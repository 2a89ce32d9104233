import { personKey, type TenantKeys } from '../../platform/index.ts';
import type { Person } from '../../people/index.ts';

/** The ciphertexts of a person in a message's row. */
export interface SealedHolder {
  readonly contactId: string | null;
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
}

/** Opens the person of a row; undefined once erased. */
export function holderOf(keys: TenantKeys, { contactId, sealed, wrapped }: SealedHolder): Person | undefined {
  if (contactId === null || sealed === null || wrapped === null) return undefined;
  // The contact's own key opens a sealed person.
  return personKey(keys, contactId, wrapped).openPerson(sealed) as Person;
}
