import { keyedDigest, seal, unseal, versionOf, type Place, type VersionedKey } from './cipher.ts';
import { IndexLayers, phoneText, type IndexLayer } from './blind-index.ts';
import { personKey } from './person-key.ts';

/** What a tenant's keys are for. `archive` outlives an erasure. */
export type KeyPurpose = 'data' | 'index' | 'archive' | 'digest';

/** The keys that a tenant is made with. */
export const KEY_PURPOSES: readonly KeyPurpose[] = ['data', 'index', 'archive', 'digest'];

/** A key may be known before it is in force: it opens, and seals nothing yet. */
type KeysByPurpose = ReadonlyMap<KeyPurpose, readonly IndexLayer[]>;

/** How far one index key has come. */
export type IndexProgress = Pick<IndexLayer, 'version' | 'inForce' | 'reached'>;

/** What opens people and digests texts, for another thread of this process. */
export interface ComposingKeys {
  readonly tenantId: string;
  readonly keys: KeysByPurpose;
}

/** The keys of a tenant that newcomers are sealed under. */
export interface SealingKeys {
  readonly tenantId: string;
  readonly data: VersionedKey;
  /** Oldest first. */
  readonly index: readonly IndexLayer[];
}

/** The keys of one tenant, unwrapped; newest first by purpose. */
export class TenantKeys {
  readonly tenantId: string;
  #keys: KeysByPurpose;
  #indexes: IndexLayers;

  constructor(tenantId: string, keys: KeysByPurpose) {
    this.tenantId = tenantId;
    this.#keys = keys;
    this.#indexes = new IndexLayers((keys.get('index') ?? []).toReversed());
  }

  /** Takes over what was read again: whoever holds these keys goes on with the new ones. */
  adopt(other: TenantKeys): void {
    this.#keys = other.#keys;
    this.#indexes = other.#indexes;
  }

  /** Takes over how far the index keys have come, oldest first; false when one is not known. */
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

  /** Encrypts one value of one row under the tenant's data (or archive) key. */
  seal(place: Omit<Place, 'tenant'>, plain: string | Buffer, purpose: KeyPurpose = 'data'): Buffer {
    return seal(this.current(purpose), { tenant: this.tenantId, ...place }, plain);
  }

  /** Decrypts what `seal` made for the same place. */
  open(place: Omit<Place, 'tenant'>, sealed: Buffer, purpose: KeyPurpose = 'data'): Buffer {
    const versions = this.#keys.get(purpose) ?? [];
    const version = versionOf(sealed);
    const key = versions.find((known) => known.version === version) ?? this.current(purpose);
    return unseal(key, { tenant: this.tenantId, ...place }, sealed);
  }

  /** The blind index of a number in E.164: the same each time within this tenant and one transaction. */
  phoneIndex(e164: string): Buffer {
    return this.#indexes.of(phoneText(e164));
  }

  /** The blind index of any other identifier; `kind` keeps namespaces apart. */
  indexOf(kind: string, text: string): Buffer {
    return this.#indexes.of(`${kind}|${text}`);
  }

  /** Every index under which rows may still stand, where they are carried to a new key one by one. */
  indexesOf(kind: string, text: string): Buffer[] {
    return this.#indexes.every(`${kind}|${text}`);
  }

  /** What newcomers are sealed under, for another thread of this process. */
  get sealing(): SealingKeys {
    const { tenantId } = this;
    return { tenantId, data: this.current('data'), index: this.#indexes.layers };
  }

  /** What texts are made with, for another thread of this process. */
  get composing(): ComposingKeys {
    const needed = [...this.#keys].filter(([purpose]) => purpose === 'data' || purpose === 'digest');
    return { tenantId: this.tenantId, keys: new Map(needed) };
  }

  /** The same for as long as indexes are computed alike; what was computed under another is computed anew. */
  get indexState(): unknown {
    return this.#indexes;
  }

  /** What no change of key alters: for digests that are compared years later, never for a table. */
  lastingMark(kind: string, text: string): Buffer {
    return this.#indexes.first(`${kind}|${text}`);
  }

  /** An index of any age under the key of that version. */
  carriedIndex(kept: Buffer, version: number): Buffer {
    return this.#indexes.carried(kept, version);
  }

  /** A person's number and attributes, as they were sealed; throws CiphertextRefused when altered. */
  openPerson(
    contactId: string,
    { wrapped, sealed }: { readonly wrapped: Buffer; readonly sealed: Buffer },
  ): unknown {
    return personKey(this, contactId, wrapped).openPerson(sealed);
  }

  /** A keyed digest of a final text: tells whether two were equal, not what they said. */
  digest(text: string): Buffer {
    return keyedDigest(this.current('digest').key, text);
  }
}

/** A tenant without the keys that its creation should have made. */
export class TenantKeysMissing extends Error {
  override readonly name = 'TenantKeysMissing';
}
