import type { KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import { keyedDigest, keyOf, newKeyBytes, seal, unseal, type Place, type VersionedKey } from './cipher.ts';
import { layeredIndex } from './blind-index.ts';
import type { Transaction } from './connection.ts';
import type { KeyRing } from './key-ring.ts';
import { personKey } from './person-key.ts';

/** What a tenant's keys are for. `archive` outlives an erasure. */
export type KeyPurpose = 'data' | 'index' | 'archive' | 'digest';

const PURPOSES: readonly KeyPurpose[] = ['data', 'index', 'archive', 'digest'];
const MOST_TENANTS_IN_MEMORY = 500;

/** The keys of one tenant, unwrapped; newest first by purpose. */
export class TenantKeys {
  readonly tenantId: string;
  readonly #keys: ReadonlyMap<KeyPurpose, readonly VersionedKey[]>;

  constructor(tenantId: string, keys: ReadonlyMap<KeyPurpose, readonly VersionedKey[]>) {
    this.tenantId = tenantId;
    this.#keys = keys;
  }

  /** The key in force for a purpose. */
  current(purpose: KeyPurpose): VersionedKey {
    const key = this.#keys.get(purpose)?.[0];
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

  /** The blind index of a number in E.164: 32 bytes, the same each time within this tenant. */
  phoneIndex(e164: string): Buffer {
    return layeredIndex(this.#layers(), `phone|${e164}`);
  }

  /** The blind index of any other identifier; `kind` keeps namespaces apart. */
  indexOf(kind: string, text: string): Buffer {
    return layeredIndex(this.#layers(), `${kind}|${text}`);
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

  #layers(): readonly KeyObject[] {
    return (this.#keys.get('index') ?? []).toReversed().map(({ key }) => key);
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
  readonly #instance = new Map<string, VersionedKey>();

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** The keys of the transaction's tenant. */
  async tenant(tx: Transaction): Promise<TenantKeys> {
    const known = this.#tenants.get(tx.tenantId);
    if (known !== undefined) return known;
    const rows = await tx.rows(
      sql<{ purpose: KeyPurpose; version: number; wrapped: Buffer }>`
        SELECT purpose, version, wrapped FROM data_key WHERE tenant_id = ${tx.tenantId}::uuid ORDER BY version DESC`,
    );
    const keys = new TenantKeys(
      tx.tenantId,
      Map.groupBy(
        rows.map((row) => this.#unwrap(tx.tenantId, row)),
        ({ purpose }) => purpose,
      ),
    );
    if (rows.length > 0) this.#remember(keys);
    return keys;
  }

  /** Makes the first keys of the transaction's tenant; once, at its creation. */
  async makeTenantKeys(tx: Transaction, machineNow: string): Promise<void> {
    for (const purpose of PURPOSES) {
      const wrapped = this.#ring.wrap(placeOfKey(tx.tenantId, purpose), newKeyBytes());
      await tx.run(sql`INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at)
        VALUES (${tx.tenantId}, ${purpose}, 1, ${wrapped}, ${machineNow})`);
    }
  }

  /** A key of the instance itself (`inbox`, `payload`, `sandbox`), made when first asked for. */
  async instanceKey(tx: Transaction, purpose: string, machineNow: string): Promise<VersionedKey> {
    const known = this.#instance.get(purpose);
    if (known !== undefined) return known;
    const wrapped = this.#ring.wrap(placeOfKey('instance', purpose), newKeyBytes());
    await tx.run(sql`INSERT INTO instance_key (purpose, version, wrapped, created_at)
      VALUES (${purpose}, 1, ${wrapped}, ${machineNow}) ON CONFLICT DO NOTHING`);
    const row = await tx.first(
      sql<{
        version: number;
        wrapped: Buffer;
      }>`SELECT version, wrapped FROM instance_key WHERE purpose = ${purpose} ORDER BY version DESC LIMIT 1`,
    );
    if (row === undefined) throw new TenantKeysMissing(`the instance has no ${purpose} key`);
    const key = keyOf(row.version, this.#ring.unwrap(placeOfKey('instance', purpose), row.wrapped));
    this.#instance.set(purpose, key);
    return key;
  }

  #unwrap(
    tenantId: string,
    row: { purpose: KeyPurpose; version: number; wrapped: Buffer },
  ): VersionedKey & { purpose: KeyPurpose } {
    return {
      purpose: row.purpose,
      ...keyOf(row.version, this.#ring.unwrap(placeOfKey(tenantId, row.purpose), row.wrapped)),
    };
  }

  #remember(keys: TenantKeys): void {
    const oldest = this.#tenants.keys().next();
    if (this.#tenants.size >= MOST_TENANTS_IN_MEMORY && oldest.done !== true)
      this.#tenants.delete(oldest.value);
    this.#tenants.set(keys.tenantId, keys);
  }
}

const placeOfKey = (tenant: string, purpose: string): Place => ({
  tenant,
  table: 'data_key',
  column: 'wrapped',
  row: purpose,
});
