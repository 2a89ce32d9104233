import { keyOf, newKeyBytes, sealBytes, unseal, type Place, type VersionedKey } from './cipher.ts';

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

  /** Encrypts the same from a JSON text. */
  sealJson(person: string): Buffer {
    return sealBytes(this.#key, this.#placeOfPerson(), person);
  }

  /** Opens what `sealPerson` sealed, as parsed JSON. */
  openPerson(sealed: Buffer): unknown {
    return JSON.parse(unseal(this.#key, this.#placeOfPerson(), sealed).toString('utf8'));
  }

  seal(place: Omit<Place, 'tenant'>, plain: string | Buffer): Buffer {
    return sealBytes(this.#key, { tenant: this.#tenantId, ...place }, plain);
  }

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

/** Makes a new key for a contact, with its form in `contact_key`. */
export function newPersonKey(
  keys: WrappingKeys,
  contactId: string,
): { key: PersonKey; wrapped: Buffer; version: number } {
  const bytes = newKeyBytes();
  const key = new PersonKey(keys.tenantId, contactId, keyOf(1, bytes));
  const wrapping = keys.current('data');
  const wrapped = sealBytes(wrapping, { tenant: keys.tenantId, ...placeOfKey(contactId) }, bytes);
  return { key, wrapped, version: wrapping.version };
}

/** The tenant keys that wrap the keys of people. */
interface WrappingKeys {
  readonly tenantId: string;
  readonly current: (purpose: 'data') => VersionedKey;
}

/** The tenant keys that unwrap them. */
interface UnwrappingKeys {
  readonly tenantId: string;
  open(place: Omit<Place, 'tenant'>, sealed: Buffer): Buffer;
}

/** Opens the key in `contact_key.wrapped`. */
export function personKey(keys: UnwrappingKeys, contactId: string, wrapped: Buffer): PersonKey {
  return new PersonKey(keys.tenantId, contactId, keyOf(1, keys.open(placeOfKey(contactId), wrapped)));
}
