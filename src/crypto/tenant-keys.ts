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

/** The purposes of a tenant's keys. `archive` outlives an erasure. */
export type KeyPurpose = 'data' | 'index' | 'archive' | 'digest';

/** The purposes for which a new tenant gets keys. */
export const KEY_PURPOSES: readonly KeyPurpose[] = ['data', 'index', 'archive', 'digest'];

/** Keys by purpose; one that is not yet in force opens, and seals nothing. */
type KeysByPurpose = ReadonlyMap<KeyPurpose, readonly IndexLayer[]>;

/** The progress of one index key. */
type IndexProgress = Pick<IndexLayer, 'version' | 'inForce' | 'reached'>;

/** The keys that open people and digest texts, to be handed to another thread of this process. */
export interface ComposingKeys {
  readonly tenantId: string;
  readonly keys: KeysByPurpose;
}

/** The tenant keys that seal new contacts. */
export interface SealingKeys {
  readonly tenantId: string;
  readonly data: VersionedKey;
  /** Oldest first. */
  readonly index: readonly IndexLayer[];
}

/** The unwrapped keys of one tenant; newest first by purpose. */
export class TenantKeys {
  readonly tenantId: string;
  #keys: KeysByPurpose;
  #indexes: IndexLayers;

  constructor(tenantId: string, keys: KeysByPurpose) {
    this.tenantId = tenantId;
    this.#keys = keys;
    this.#indexes = new IndexLayers((keys.get('index') ?? []).toReversed());
  }

  /** Takes over newly read keys: holders of these go on with the new ones. */
  adopt(other: TenantKeys): void {
    this.#keys = other.#keys;
    this.#indexes = other.#indexes;
  }

  /** Takes over the progress of the index keys, oldest first; false for an unknown key. */
  follow(progress: readonly IndexProgress[]): boolean {
    const known = this.#keys.get('index') ?? [];
    const layers = progress.flatMap((now) =>
      known.filter(({ version }) => version === now.version).map(({ key }) => Object.assign({ key }, now)),
    );
    if (layers.length < progress.length) return false;
    this.#indexes = new IndexLayers(layers);
    return true;
  }

  /** The key in force for a purpose. */
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

  /** Returns the blind index of a number in E.164: constant within this tenant and one transaction. */
  phoneIndex(e164: string): Buffer {
    return this.#indexes.of(phoneIndexText(e164));
  }

  /** Returns the blind index of any other identifier; `kind` separates namespaces. */
  indexOf(kind: string, text: string): Buffer {
    return this.#indexes.of(`${kind}|${text}`);
  }

  /** Returns every index that rows may still have, where they are moved to a new key one by one. */
  indexesOf(kind: string, text: string): Buffer[] {
    return this.#indexes.every(`${kind}|${text}`);
  }

  /** Exports the keys that seal new contacts, for another thread of this process. */
  get sealing(): SealingKeys {
    const { tenantId } = this;
    return { tenantId, data: this.current('data'), index: this.#indexes.layers };
  }

  /** Exports the keys that texts are composed with, for another thread of this process. */
  get composing(): ComposingKeys {
    const needed = [...this.#keys].filter(([purpose]) => purpose === 'data' || purpose === 'digest');
    return { tenantId: this.tenantId, keys: new Map(needed) };
  }

  /** A value that changes when indexes are computed differently; earlier results are then computed anew. */
  get indexState(): unknown {
    return this.#indexes;
  }

  /** Returns a digest that no change of key alters: for comparisons years later, never for a table. */
  lastingMark(kind: string, text: string): Buffer {
    return this.#indexes.first(`${kind}|${text}`);
  }

  /** Moves an index of any age to the key of that version. */
  carriedIndex(kept: Buffer, version: number): Buffer {
    return this.#indexes.carried(kept, version);
  }

  /** Opens a person's number and attributes; throws CiphertextRefused when altered. */
  openPerson(
    contactId: string,
    { wrapped, sealed }: { readonly wrapped: Buffer; readonly sealed: Buffer },
  ): unknown {
    return personKey(this, contactId, wrapped).openPerson(sealed);
  }

  /** Returns a keyed digest of a final text: it shows equality, not content. */
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
