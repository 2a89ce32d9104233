import { sql } from 'kysely';
import { col, type RowOf, rowsOf } from '../database/row-type.ts';
import {
  keyOf,
  newKeyBytes,
  type Place,
  type VersionedKey,
  IndexLayers,
  phoneIndexText,
  type IndexLayer,
  KEY_PURPOSES,
  TenantKeys,
  TenantKeysMissing,
  type KeyPurpose,
} from '../../crypto/index.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { KeyRing } from '../../settings/index.ts';

const MOST_TENANTS_IN_MEMORY = 500;

const instanceKeyRows = rowsOf('instance_key', ['version', 'wrapped']);

const indexProgressRows = rowsOf('data_key', ['version', 'inForce', 'reached']);

const wrappedKeyRows = rowsOf('data_key', ['version', 'wrapped', 'inForce', 'reached']).with({
  purpose: col.of('data_key', 'purpose').as<KeyPurpose>(),
});

type WrappedKey = RowOf<typeof wrappedKeyRows>;

const indexKeyRows = wrappedKeyRows.and('data_key', ['tenantId']);

/** Unwraps the keys of tenants and of the instance, and caches those of the tenants used last. */
export class Vault {
  readonly #ring: KeyRing;
  readonly #tenants = new Map<string, TenantKeys>();
  /** All keys that somebody still holds, so that a renewal reaches them; they may have left the cache. */
  readonly #held = new Map<string, WeakRef<TenantKeys>>();
  readonly #instance = new Map<string, readonly [VersionedKey, ...VersionedKey[]]>();
  /** Grows whenever all keys are read again. */
  #generation = 0;

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
      const generation = this.#generation;
      const { keys, found } = await this.#read(tx);
      // Keys that were read during a renewal may be the old ones.
      if (generation !== this.#generation) continue;
      const other = this.#held.get(tx.tenantId)?.deref();
      other?.adopt(keys);
      if (found) this.#remember(other ?? keys);
      return other ?? keys;
    }
  }

  /** Reads every cached key again after keys were made or came into force. */
  async renew(database: Pick<Database, 'withTenant'>): Promise<void> {
    this.#generation += 1;
    this.#instance.clear();
    for (const [tenantId, held] of this.#held) {
      const keys = held.deref();
      if (keys === undefined) this.#held.delete(tenantId);
      // Adopted within the transaction: after its commit another one may have adopted newer keys.
      else await database.withTenant(tenantId, async (tx) => keys.adopt((await this.#read(tx)).keys));
    }
  }

  /** Reads the progress of the index keys of the transaction's tenant, which are being moved. */
  async followIndex(tx: Transaction): Promise<void> {
    const known = this.#held.get(tx.tenantId)?.deref();
    if (known === undefined) return;
    const progress = await tx.rows(indexProgressRows.sql`
      SELECT version, in_force AS "inForce", reached FROM data_key
       WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index' ORDER BY version`);
    if (!known.follow(progress)) known.adopt((await this.#read(tx)).keys);
  }

  /**
   * Returns the blind index of a number in E.164 for each of these tenants, by tenant id; a tenant without keys has
   * none. The transaction may be of no tenant; the indexes do not change while it is open.
   */
  async phoneIndexesIn(
    tx: Transaction,
    tenantIds: readonly string[],
    e164: string,
  ): Promise<ReadonlyMap<string, Buffer>> {
    const rows = await tx.rows(indexKeyRows.sql`
      SELECT tenant_id AS "tenantId", 'index' AS purpose, version, wrapped, in_force AS "inForce", reached
        FROM index_keys_in(${tenantIds}::uuid[])`);
    const text = phoneIndexText(e164);
    const layersOf = ([tenantId, keys]: [string, WrappedKey[]]): IndexLayer[] =>
      keys.map((key) => this.#unwrap(tenantId, key)).toReversed();
    return new Map(
      [...Map.groupBy(rows, ({ tenantId }) => tenantId)].map((keyed) => [
        keyed[0],
        new IndexLayers(layersOf(keyed)).of(text),
      ]),
    );
  }

  async #read(tx: Transaction): Promise<{ readonly keys: TenantKeys; readonly found: boolean }> {
    const rows = await tx.rows(
      wrappedKeyRows.sql`
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
    for (const purpose of KEY_PURPOSES) {
      const wrapped = this.#ring.wrap(placeOfKey(tx.tenantId, purpose), newKeyBytes());
      await tx.run(sql`INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at)
        VALUES (${tx.tenantId}, ${purpose}, 1, ${wrapped}, ${machineNow})`);
    }
  }

  /** Returns the instance's own key in force (`inbox`, `payload`, `sandbox`), made on first use. */
  async instanceKey(tx: Transaction, purpose: string, machineNow: string): Promise<VersionedKey> {
    return (await this.instanceKeys(tx, purpose, machineNow))[0];
  }

  /** Returns all keys of the instance for a purpose, the one in force first: older ones still open. */
  async instanceKeys(
    tx: Transaction,
    purpose: string,
    machineNow: string,
  ): Promise<readonly [VersionedKey, ...VersionedKey[]]> {
    const known = this.#instance.get(purpose);
    if (known !== undefined) return known;
    const generation = this.#generation;
    const wrapped = this.#ring.wrap(placeOfKey('instance', purpose), newKeyBytes());
    await tx.run(sql`INSERT INTO instance_key (purpose, version, wrapped, created_at)
      VALUES (${purpose}, 1, ${wrapped}, ${machineNow}) ON CONFLICT DO NOTHING`);
    const rows = await tx.rows(instanceKeyRows.sql`
      SELECT version, wrapped FROM instance_key WHERE purpose = ${purpose} ORDER BY in_force DESC, version DESC`);
    const [current, ...others] = rows.map((row) =>
      keyOf(row.version, this.#ring.unwrap(placeOfKey('instance', purpose), row.wrapped)),
    );
    if (current === undefined) throw new TenantKeysMissing(`the instance has no ${purpose} key`);
    const keys = [current, ...others] as const;
    if (generation === this.#generation) this.#instance.set(purpose, keys);
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

/** The place to which a wrapped key is bound; `tenant` is a tenant's id, or `instance`. */
export const placeOfKey = (tenant: string, purpose: string): Place => ({
  tenant,
  table: 'data_key',
  column: 'wrapped',
  row: purpose,
});
