import { IndexLayers, phoneIndexText, type IndexLayer } from './blind-index.ts';
import {
  keyedDigest,
  sealBytes,
  unseal,
  versionOf,
  type Place,
  type VersionedKey,
  keyOf,
  newKeyBytes,
} from './cipher.ts';

/**
 * The purposes of a tenant's keys, for each of which a new tenant gets one; what is sealed for `archive` outlives an
 * erasure.
 */
export const KEY_PURPOSES = ['data', 'index', 'archive', 'digest'] as const;

export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** Keys by purpose, newest first; a key that is not in force yet opens ciphertexts, and seals nothing. */
type KeysByPurpose = ReadonlyMap<KeyPurpose, readonly IndexLayer[]>;

/** The keys that open people and digest texts, for another thread of this process. */
export interface ComposingKeys {
  readonly tenantId: string;
  readonly keys: KeysByPurpose;
}

/** The keys that seal new contacts, for another thread of this process. */
export interface SealingKeys {
  readonly tenantId: string;
  readonly data: VersionedKey;
  /** Oldest first. */
  readonly index: readonly IndexLayer[];
}

/** The unwrapped keys of one tenant. */
export class TenantKeys {
  readonly tenantId: string;
  #keys: KeysByPurpose;
  #indexes: IndexLayers;

  constructor(tenantId: string, keys: KeysByPurpose) {
    this.tenantId = tenantId;
    this.#keys = keys;
    this.#indexes = new IndexLayers((keys.get('index') ?? []).toReversed());
  }

  /** Replaces the keys by newly read ones; whoever holds this object then uses the new keys. */
  adopt(other: TenantKeys): void {
    this.#keys = other.#keys;
    this.#indexes = other.#indexes;
  }

  /** Adopts the progress of the index keys, oldest first; returns false when one of them is unknown. */
  follow(progress: readonly Omit<IndexLayer, 'key'>[]): boolean {
    const known = this.#keys.get('index') ?? [];
    const layers = progress.flatMap((now) =>
      known.filter(({ version }) => version === now.version).map(({ key }) => Object.assign({ key }, now)),
    );
    if (layers.length < progress.length) return false;
    this.#indexes = new IndexLayers(layers);
    return true;
  }

  /** Returns the key in force for a purpose. */
  current(purpose: KeyPurpose): VersionedKey {
    const key = this.#keys.get(purpose)?.find(({ inForce }) => inForce);
    if (key === undefined) throw new TenantKeysMissing(`tenant ${this.tenantId} has no ${purpose} key`);
    return key;
  }

  seal(place: Omit<Place, 'tenant'>, plain: string | Buffer, purpose: KeyPurpose = 'data'): Buffer {
    return sealBytes(this.current(purpose), { tenant: this.tenantId, ...place }, plain);
  }

  open(place: Omit<Place, 'tenant'>, sealed: Buffer, purpose: KeyPurpose = 'data'): Buffer {
    const versions = this.#keys.get(purpose) ?? [];
    const version = versionOf(sealed);
    const key = versions.find((known) => known.version === version) ?? this.current(purpose);
    return unseal(key, { tenant: this.tenantId, ...place }, sealed);
  }

  /** Returns the blind index of a number in E.164; it is constant within a transaction. */
  phoneIndex(e164: string): Buffer {
    return this.#indexes.of(phoneIndexText(e164));
  }

  /** Returns the blind index of any other identifier; `kind` separates namespaces. */
  indexOf(kind: string, text: string): Buffer {
    return this.#indexes.of(`${kind}|${text}`);
  }

  /** Returns every index that rows may have, while they are moved to a new key one by one. */
  indexesOf(kind: string, text: string): Buffer[] {
    return this.#indexes.every(`${kind}|${text}`);
  }

  get sealing(): SealingKeys {
    const { tenantId } = this;
    return { tenantId, data: this.current('data'), index: this.#indexes.layers };
  }

  get composing(): ComposingKeys {
    const needed = [...this.#keys].filter(([purpose]) => purpose === 'data' || purpose === 'digest');
    return { tenantId: this.tenantId, keys: new Map(needed) };
  }

  /** An object that is replaced whenever indexes are computed differently; cached indexes are then out of date. */
  get indexState(): unknown {
    return this.#indexes;
  }

  /** Returns a digest that no change of keys alters, for comparisons years later; never for a table. */
  lastingMark(kind: string, text: string): Buffer {
    return this.#indexes.first(`${kind}|${text}`);
  }

  /** Computes a stored index of any age under the key of that version. */
  carriedIndex(kept: Buffer, version: number): Buffer {
    return this.#indexes.carried(kept, version);
  }

  /** Opens a person's number and attributes, as parsed JSON; throws CiphertextRefused when they were altered. */
  openPerson(
    contactId: string,
    { wrapped, sealed }: { readonly wrapped: Buffer; readonly sealed: Buffer },
  ): unknown {
    return personKey(this, contactId, wrapped).openPerson(sealed);
  }

  /** Returns a keyed digest of a final text, which shows equality and not content. */
  digest(text: string): Buffer {
    return keyedDigest(this.current('digest').key, text);
  }
}

/** Thrown for a tenant without the keys that its creation should have made. */
export class TenantKeysMissing extends Error {
  override readonly name = 'TenantKeysMissing';
}

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

  /** Encrypts the same, given as JSON. */
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

/** Makes a new key for a contact; `wrapped` and `version`, that of the wrapping key, go to `contact_key`. */
export function newPersonKey(
  keys: { readonly tenantId: string; readonly current: (purpose: 'data') => VersionedKey },
  contactId: string,
): { key: PersonKey; wrapped: Buffer; version: number } {
  const bytes = newKeyBytes();
  const key = new PersonKey(keys.tenantId, contactId, keyOf(1, bytes));
  const wrapping = keys.current('data');
  const wrapped = sealBytes(wrapping, { tenant: keys.tenantId, ...placeOfKey(contactId) }, bytes);
  return { key, wrapped, version: wrapping.version };
}

/** Opens the key of a contact from `contact_key.wrapped`. */
export function personKey(
  keys: Pick<TenantKeys, 'tenantId' | 'open'>,
  contactId: string,
  wrapped: Buffer,
): PersonKey {
  return new PersonKey(keys.tenantId, contactId, keyOf(1, keys.open(placeOfKey(contactId), wrapped)));
}
