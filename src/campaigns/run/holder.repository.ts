import { personKey, type TenantKeys } from '../../platform/index.ts';
import type { Person } from '../../people/index.ts';

/** The ciphertexts of a person, as a row of a message carries them. */
export interface SealedHolder {
  readonly contactId: string | null;
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
}

/** The person that a row names; nobody once erased. */
export function holderOf(keys: TenantKeys, { contactId, sealed, wrapped }: SealedHolder): Person | undefined {
  if (contactId === null || sealed === null || wrapped === null) return undefined;
  // What the contact's own key opens was sealed as a person.
  return personKey(keys, contactId, wrapped).openPerson(sealed) as Person;
}
