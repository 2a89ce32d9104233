import { sql } from 'kysely';
import { keyedDigest, keyOf, newKeyBytes, seal, unseal, type Place, type VersionedKey } from './cipher.ts';
import { IndexLayers, phoneText, type IndexLayer } from './blind-index.ts';
import type { Database, Transaction } from './connection.ts';
import type { KeyRing } from './key-ring.ts';
import type { SealingKeys } from './people-sealing.ts';
import { personKey } from './person-key.ts';

/** What a tenant's keys are for. `archive` outlives an erasure. */
export type KeyPurpose = 'data' | 'index' | 'archive' | 'digest';

const PURPOSES: readonly KeyPurpose[] = ['data', 'index', 'archive', 'digest'];
const MOST_TENANTS_IN_MEMORY = 500;

/** A key may be known before it is in force: it opens, and seals nothing yet. */
type KeysByPurpose = ReadonlyMap<KeyPurpose, readonly IndexLayer[]>;

/** How far one index key has come. */
type IndexProgress = Pick<IndexLayer, 'version' | 'inForce' | 'reached'>;

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
    const version = sealed.readUInt32BE(1);
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
class TenantKeysMissing extends Error {
  override readonly name = 'TenantKeysMissing';
}

/** Unwraps the keys of tenants and of the instance, and remembers the latest used. */
export class Vault {
  readonly #ring: KeyRing;
  readonly #tenants = new Map<string, TenantKeys>();
  /** Those in use somewhere, whether or not they are among the latest. */
  readonly #held = new Map<string, WeakRef<TenantKeys>>();
  readonly #instance = new Map<string, readonly [VersionedKey, ...VersionedKey[]]>();
  /** Rises whenever keys are read again. */
  #turn = 0;

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** The keys of a tenant, if they are among the latest used. */
  known(tenantId: string): TenantKeys | undefined {
    return this.#tenants.get(tenantId);
  }

  /** The keys of the transaction's tenant. */
  async tenant(tx: Transaction): Promise<TenantKeys> {
    for (;;) {
      const known = this.#tenants.get(tx.tenantId);
      if (known !== undefined) return known;
      const turn = this.#turn;
      const { keys, found } = await this.#read(tx);
      // Read while keys were made anew: what was read may be of before.
      if (turn !== this.#turn) continue;
      const other = this.#held.get(tx.tenantId)?.deref();
      other?.adopt(keys);
      if (found) this.#remember(other ?? keys);
      return other ?? keys;
    }
  }

  /** Reads again every key in memory: keys were made or came into force since. */
  async renew(database: Pick<Database, 'withTenant'>): Promise<void> {
    this.#turn += 1;
    this.#instance.clear();
    for (const [tenantId, held] of this.#held) {
      const keys = held.deref();
      if (keys === undefined) this.#held.delete(tenantId);
      // Before its commit: afterwards another transaction may have read what is newer.
      else await database.withTenant(tenantId, async (tx) => keys.adopt((await this.#read(tx)).keys));
    }
  }

  /** Follows the index keys of the transaction's tenant, which are on their way to another. */
  async followIndex(tx: Transaction): Promise<void> {
    const known = this.#held.get(tx.tenantId)?.deref();
    if (known === undefined) return;
    const progress = await tx.rows(sql<IndexProgress>`
      SELECT version, in_force AS "inForce", reached FROM data_key
       WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index' ORDER BY version`);
    if (!known.follow(progress)) known.adopt((await this.#read(tx)).keys);
  }

  async #read(tx: Transaction): Promise<{ readonly keys: TenantKeys; readonly found: boolean }> {
    const rows = await tx.rows(
      sql<WrappedKey>`
        SELECT purpose, version, wrapped, in_force AS "inForce", reached FROM data_key
         WHERE tenant_id = ${tx.tenantId}::uuid ORDER BY version DESC`,
    );
    const keys = Map.groupBy(
      rows.map((row) => this.#unwrap(tx.tenantId, row)),
      ({ purpose }) => purpose,
    );
    return { keys: new TenantKeys(tx.tenantId, keys), found: rows.length > 0 };
  }

  /** Makes the first keys of the transaction's tenant; once, at its creation. */
  async makeTenantKeys(tx: Transaction, machineNow: string): Promise<void> {
    for (const purpose of PURPOSES) {
      const wrapped = this.#ring.wrap(placeOfKey(tx.tenantId, purpose), newKeyBytes());
      await tx.run(sql`INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at)
        VALUES (${tx.tenantId}, ${purpose}, 1, ${wrapped}, ${machineNow})`);
    }
  }

  /** The key in force of the instance itself (`inbox`, `payload`, `sandbox`), made when first asked for. */
  async instanceKey(tx: Transaction, purpose: string, machineNow: string): Promise<VersionedKey> {
    return (await this.instanceKeys(tx, purpose, machineNow))[0];
  }

  /** All keys of the instance for a purpose, the one in force first: older ones still open. */
  async instanceKeys(
    tx: Transaction,
    purpose: string,
    machineNow: string,
  ): Promise<readonly [VersionedKey, ...VersionedKey[]]> {
    const known = this.#instance.get(purpose);
    if (known !== undefined) return known;
    const turn = this.#turn;
    const wrapped = this.#ring.wrap(placeOfKey('instance', purpose), newKeyBytes());
    await tx.run(sql`INSERT INTO instance_key (purpose, version, wrapped, created_at)
      VALUES (${purpose}, 1, ${wrapped}, ${machineNow}) ON CONFLICT DO NOTHING`);
    const rows = await tx.rows(sql<{ version: number; wrapped: Buffer }>`
      SELECT version, wrapped FROM instance_key WHERE purpose = ${purpose} ORDER BY in_force DESC, version DESC`);
    const [current, ...others] = rows.map((row) =>
      keyOf(row.version, this.#ring.unwrap(placeOfKey('instance', purpose), row.wrapped)),
    );
    if (current === undefined) throw new TenantKeysMissing(`the instance has no ${purpose} key`);
    const keys = [current, ...others] as const;
    if (turn === this.#turn) this.#instance.set(purpose, keys);
    return keys;
  }

  #unwrap(tenantId: string, row: WrappedKey): IndexLayer & { readonly purpose: KeyPurpose } {
    const { purpose, inForce, reached, version } = row;
    const bytes = this.#ring.unwrap(placeOfKey(tenantId, purpose), row.wrapped);
    return { purpose, inForce, reached, ...keyOf(version, bytes) };
  }

  #remember(keys: TenantKeys): void {
    const oldest = this.#tenants.keys().next();
    if (this.#tenants.size >= MOST_TENANTS_IN_MEMORY && oldest.done !== true)
      this.#tenants.delete(oldest.value);
    this.#tenants.set(keys.tenantId, keys);
    this.#held.set(keys.tenantId, new WeakRef(keys));
  }
}

interface WrappedKey {
  readonly purpose: KeyPurpose;
  readonly version: number;
  readonly wrapped: Buffer;
  readonly inForce: boolean;
  readonly reached: Buffer;
}

/** Where a wrapped key lives: of a tenant, or of `instance`. */
export const placeOfKey = (tenant: string, purpose: string): Place => ({
  tenant,
  table: 'data_key',
  column: 'wrapped',
  row: purpose,
});
