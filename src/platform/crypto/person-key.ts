import { keyOf, newKeyBytes, seal, unseal, type Place, type VersionedKey } from './cipher.ts';

/** The key of one contact; everything about the person is sealed under it. */
export class PersonKey {
  readonly #tenantId: string;
  readonly #contactId: string;
  readonly #key: VersionedKey;

  constructor(tenantId: string, contactId: string, key: VersionedKey) {
    this.#tenantId = tenantId;
    this.#contactId = contactId;
    this.#key = key;
  }

  /** Encrypts number and attributes as one value, for `contact.sealed`. */
  sealPerson(person: unknown): Buffer {
    return this.sealJson(JSON.stringify(person));
  }

  /** The same of what is JSON already. */
  sealJson(person: string): Buffer {
    return seal(this.#key, this.#placeOfPerson(), person);
  }

  /** What `sealPerson` took, as parsed JSON. */
  openPerson(sealed: Buffer): unknown {
    return JSON.parse(unseal(this.#key, this.#placeOfPerson(), sealed).toString('utf8'));
  }

  /** Encrypts another value of this person, for a row of another table. */
  seal(place: Omit<Place, 'tenant'>, plain: string | Buffer): Buffer {
    return seal(this.#key, { tenant: this.#tenantId, ...place }, plain);
  }

  /** Decrypts what `seal` made for the same place. */
  open(place: Omit<Place, 'tenant'>, sealed: Buffer): Buffer {
    return unseal(this.#key, { tenant: this.#tenantId, ...place }, sealed);
  }

  #placeOfPerson(): Place {
    return { tenant: this.#tenantId, table: 'contact', column: 'sealed', row: this.#contactId };
  }
}

const placeOfKey = (contactId: string): Omit<Place, 'tenant'> => ({
  table: 'contact_key',
  column: 'wrapped',
  row: contactId,
});

/** A new key for a contact, and how `contact_key` stores it. */
export function newPersonKey(
  keys: WrappingKeys,
  contactId: string,
): { key: PersonKey; wrapped: Buffer; version: number } {
  const bytes = newKeyBytes();
  const key = new PersonKey(keys.tenantId, contactId, keyOf(1, bytes));
  const wrapping = keys.current('data');
  const wrapped = seal(wrapping, { tenant: keys.tenantId, ...placeOfKey(contactId) }, bytes);
  return { key, wrapped, version: wrapping.version };
}

/** What the keys of people are wrapped with. */
interface WrappingKeys {
  readonly tenantId: string;
  readonly current: (purpose: 'data') => VersionedKey;
}

/** What unwraps them. */
interface UnwrappingKeys {
  readonly tenantId: string;
  open(place: Omit<Place, 'tenant'>, sealed: Buffer): Buffer;
}

/** The key that `contact_key.wrapped` holds. */
export function personKey(keys: UnwrappingKeys, contactId: string, wrapped: Buffer): PersonKey {
  return new PersonKey(keys.tenantId, contactId, keyOf(1, keys.open(placeOfKey(contactId), wrapped)));
}
