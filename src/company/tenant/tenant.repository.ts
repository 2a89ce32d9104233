import { uuidV7 } from '../../base/index.ts';
import { isGuessable, refuseGuessable } from '../../settings/index.ts';
import { type Territory, zonesOf } from '../../rule/index.ts';
import { sql } from 'kysely';
import { defaultProfile } from '../../law/index.ts';
import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  type Vault,
  BEFORE_ALL,
  col,
  computedRows,
  idRows,
  type Page,
  query,
  TenantSchema,
  type ResultOf,
  rowsOf,
} from '../../platform/index.ts';
import { recordAudit } from '../audit/audit-entry.repository.ts';
import { hashOfKey, newApiKey, addApiKey, ownerOfKey } from '../keys/api-key.repository.ts';
import { UNNAMED, type ContactMeans, type Sector, missingIdentity, type Tenant } from './tenant.ts';

interface NewTenant {
  readonly name: string;
  readonly legalName: string;
  readonly brand: string;
  readonly contact: ContactMeans;
  readonly sector?: Sector | undefined;
  readonly profile?: string | undefined;
  readonly territory?: Territory | undefined;
  /** The id of the tenant in the software that creates it. */
  readonly externalId?: string | undefined;
}

interface Founding {
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Creates a tenant with its encryption keys, one brand and one admin key, in the caller's transaction. Returns the key. */
export async function createTenant(
  tx: Transaction,
  { vault, clock }: Founding,
  given: NewTenant & { readonly key?: string | undefined; readonly actor: string },
): Promise<{ readonly id: string; readonly key: string }> {
  const key = given.key ?? newApiKey();
  const id = uuidV7(clock.machine());
  const at = instant(clock.machine()).toISO();
  await speakingFor(tx, id, async (inner) => {
    await addTenant(inner, tenantRow(id, given), at);
    await vault.makeTenantKeys(inner, at);
    await putBrand(inner, clock, { externalId: 'default', name: given.brand, sender: null });
    await addApiKey(inner, clock, {
      hash: hashOfKey(key),
      role: 'admin',
      name: 'first key',
      source: 'default',
    });
    await recordAudit(
      inner,
      { actor: given.actor, action: 'tenant.created', subject: id },
      { at: clock.now().toISO(), machineMs: clock.machine() },
    );
  });
  return { id, key };
}

function tenantRow(id: string, given: NewTenant): TenantRow {
  const { name, legalName, contact, territory = 'FR', externalId } = given;
  return {
    id,
    externalId,
    name,
    legalName,
    contact,
    sender: null,
    sector: given.sector ?? 'general',
    profile: given.profile ?? defaultProfile('marketing'),
    territory,
    timeZone: zonesOf(territory)[0],
    locale: 'fr',
    settings: {},
  };
}

/** Finds the tenant with an external id or creates it; only the call that creates it returns the admin key. */
export async function findOrCreateTenant(
  tx: Transaction,
  founding: Founding,
  given: NewTenant & { readonly externalId: string; readonly actor: string },
): Promise<{ readonly id: string; readonly key?: string }> {
  const id = await tenantNamed(tx, given.externalId);
  return id === undefined ? createTenant(tx, founding, given) : { id };
}

const ADMIN_KEY = 'BONHEURE_ADMIN_KEY';

/**
 * Creates the first tenant in an empty database; later it adds the given admin key to it. Throws `CannotStart` for a new
 * key that is guessable.
 */
export async function ensureFirstTenant(
  database: Database,
  founding: Founding,
  adminKey: string | undefined,
): Promise<{
  readonly id: string;
  readonly created: boolean;
  /** True when the given admin key opens the tenant and is guessable; earlier versions accepted such keys. */
  readonly opensToGuessers: boolean;
  readonly key?: string;
}> {
  return database.outside(async (tx) => {
    await lockFounding(tx);
    const id = await firstTenantId(tx);
    if (id !== undefined) {
      const isIn =
        adminKey !== undefined && (await admitKey(tx, founding.clock, { tenantId: id, key: adminKey }));
      return { id, created: false, opensToGuessers: isIn && isGuessable(adminKey) };
    }
    refuseGuessable(ADMIN_KEY, adminKey);
    const made = await createTenant(tx, founding, {
      name: UNNAMED,
      legalName: UNNAMED,
      brand: 'Ma société',
      contact: {},
      key: adminKey,
      actor: 'system',
    });
    return {
      id: made.id,
      created: true,
      opensToGuessers: false,
      ...(adminKey === undefined ? { key: made.key } : {}),
    };
  });
}

/** Adds the admin key of the environment, if it is new; returns whether it is valid: a revoked one stays revoked. */
async function admitKey(
  tx: Transaction,
  clock: Clock,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
): Promise<boolean> {
  const hash = hashOfKey(key);
  await speakingFor(tx, tenantId, async (inner) => {
    const id = await addApiKey(inner, clock, { hash, role: 'admin', name: ADMIN_KEY, source: 'default' });
    if (id === undefined) return;
    refuseGuessable(ADMIN_KEY, key);
    await recordAudit(
      inner,
      { actor: 'system', action: 'key.created', subject: id, details: { role: 'admin' } },
      { at: clock.now().toISO(), machineMs: clock.machine() },
    );
  });
  return (await ownerOfKey(tx, hash)) !== undefined;
}

/**
 * Locks the choices that messages follow until the transaction ends: shared to `follow` them, alone to `change` them.
 * It comes before any lock of the tenant or its campaigns. It does not lock the row: a halt does not wait for a launch.
 */
export const holdChoices = (tx: Transaction, to: 'follow' | 'change'): Promise<unknown> =>
  tx.run(
    sql`SELECT ${sql.raw(to === 'follow' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock')}(hashtextextended(${`choices|${tx.tenantId}`}, 0))`,
  );

const tenants = query
  .selectFrom('tenant')
  .select(['id', 'name', 'legalName', 'contact', 'sender', 'sector', 'profile', 'territory', 'timeZone'])
  .select(['locale', 'domains', 'settings', 'halted', 'haltReason', 'shadow'])
  .$narrowType<Pick<Tenant, 'contact' | 'sector' | 'territory' | 'domains' | 'settings'>>();

/** Reads the tenant of the transaction, and locks it to `change` it. */
export async function tenantOf(
  tx: Transaction,
  lock: 'read' | 'change' = 'read',
): Promise<Tenant | undefined> {
  const own = tenants.where('id', '=', tx.tenantId);
  return tx.first(lock === 'change' ? own.forNoKeyUpdate() : own);
}

type TenantRow = Omit<Tenant, 'domains' | 'halted' | 'haltReason' | 'shadow'> & {
  readonly externalId?: string | undefined;
};

async function addTenant(tx: Transaction, tenant: TenantRow, at: string): Promise<void> {
  tx.entities().create(TenantSchema, {
    ...tenant,
    externalId: tenant.externalId ?? null,
    domains: [],
    complete: missingIdentity(tenant).length === 0,
    reasonsCut: null,
    createdAt: at,
    updatedAt: at,
  });
  await tx.entities().flush();
}

/** Stores the tenant of the transaction. */
export async function saveTenant(tx: Transaction, tenant: Tenant, at: string): Promise<void> {
  await tx.run(sql`
    UPDATE tenant SET name = ${tenant.name}, legal_name = ${tenant.legalName},
           contact = ${JSON.stringify(tenant.contact)}::jsonb, sender = ${tenant.sender}, sector = ${tenant.sector},
           profile = ${tenant.profile}, territory = ${tenant.territory}, time_zone = ${tenant.timeZone},
           locale = ${tenant.locale}, domains = ${[...tenant.domains]}::text[], settings = ${JSON.stringify(tenant.settings)}::jsonb,
           shadow = ${tenant.shadow}, reasons_cut = CASE WHEN sector = ${tenant.sector} THEN reasons_cut END,
           complete = ${missingIdentity(tenant).length === 0}, updated_at = ${at}
     WHERE id = ${tx.tenantId}::uuid`);
}

/** Reads the id of the oldest tenant of the instance; undefined without any. */
export async function firstTenantId(tx: Transaction): Promise<string | undefined> {
  const [first] = await tenantsAfter(tx, { most: 1 });
  return first;
}

/** Says whether the tenant of the transaction is the only one of the instance. */
export async function isOnlyTenant(tx: Transaction): Promise<boolean> {
  return (await tenantsAfter(tx, { most: 2 })).length === 1;
}

/** Runs a function with the transaction in another tenant, then returns to the first. */
export async function speakingFor<T>(
  tx: Transaction,
  tenantId: string,
  work: (inner: Transaction) => Promise<T>,
): Promise<T> {
  const done = await work(await tx.as(tenantId));
  await tx.as(tx.tenantId);
  return done;
}

/** Makes one process at a time create the first tenant. */
async function lockFounding(tx: Transaction): Promise<void> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(4410002)`);
}

/** Finds a tenant by its external id; others that look for the same one wait until the transaction ends. */
async function tenantNamed(tx: Transaction, externalId: string): Promise<string | undefined> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`tenant|${externalId}`}, 0))`);
  const found = await tx.first(idRows.sql`SELECT tenant_id AS id FROM tenant_named(${externalId})`);
  return found?.id;
}

const listedTenantRows = computedRows({
  id: col.text(),
  externalId: col.text().orNull(),
  name: col.text(),
  createdAt: col.text(),
});

/** Reads a page of the tenants of the instance, oldest first. */
export const listedTenants = (tx: Transaction, { after = BEFORE_ALL, limit }: Page) =>
  tx.rows(listedTenantRows.sql`
    SELECT tenant_id AS id, external_id AS "externalId", name, iso(created_at) AS "createdAt"
      FROM listed_tenants(${after}::uuid, ${limit}) ORDER BY tenant_id`);

/** Reads the ids of tenants behind an id, in order. */
export async function tenantsAfter(
  tx: Transaction,
  page: { readonly after?: string | undefined; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT tenant_id AS id FROM every_tenant(${page.after ?? BEFORE_ALL}::uuid, ${page.most})`);
  return rows.map(({ id }) => id);
}

/** Says whether the tenant is in shadow, where nothing is sent; that cannot change until this transaction ends. */
export async function isInShadow(tx: Transaction): Promise<boolean> {
  const own = query.selectFrom('tenant').select('shadow').where('id', '=', tx.tenantId);
  const row = await tx.first(own.forShare());
  return row?.shadow === true;
}

/** Stores one choice of the tenant; the others stay. */
export const keepChoice = (
  tx: Transaction,
  choice: { readonly name: 'routes' | 'senders'; readonly value: unknown; readonly at: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE tenant SET settings = settings || jsonb_build_object(${choice.name}::text, ${JSON.stringify(choice.value)}::jsonb), updated_at = ${choice.at}
     WHERE id = ${tx.tenantId}::uuid`);

const PAGE = 500;

/** Yields the ids of all tenants; `within` runs the read of each page in a transaction. */
export async function* everyTenant(
  within: (work: (tx: Transaction) => Promise<string[]>) => Promise<string[]>,
): AsyncGenerator<string> {
  for (let after: string | undefined; ;) {
    const page = await within((tx) => tenantsAfter(tx, { after, most: PAGE }));
    yield* page;
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

const brands = query.selectFrom('brand').select(['id', 'externalId', 'name', 'sender']);

/** A trade name of the tenant, which recipients read. */
export type Brand = ResultOf<typeof brands>;

const storedBrandRows = rowsOf('brand', ['id']).with({ created: col.flag() });

/** Creates or changes a brand; `created` says which. */
export async function putBrand(
  tx: Transaction,
  clock: Clock,
  { externalId, name, sender }: Omit<Brand, 'id'>,
): Promise<{ readonly brand: Brand; readonly created: boolean }> {
  const id = uuidV7(clock.machine());
  const at = instant(clock.machine()).toISO();
  const kept = await tx.first(storedBrandRows.sql`
    INSERT INTO brand (id, tenant_id, external_id, name, sender, created_at)
    VALUES (${id}, ${tx.tenantId}, ${externalId}, ${name}, ${sender}, ${at})
    ON CONFLICT (tenant_id, external_id) DO UPDATE SET name = excluded.name, sender = excluded.sender
    RETURNING id, xmax = 0 AS created`);
  return { brand: { id: kept?.id ?? id, externalId, name, sender }, created: kept?.created ?? true };
}

/** Reads a brand by its external id, and locks it until the transaction ends. */
export async function lockBrand(tx: Transaction, externalId: string): Promise<Brand | undefined> {
  const named = brands.where('tenantId', '=', tx.tenantId).where('externalId', '=', externalId);
  return tx.first(named.forNoKeyUpdate());
}

/** Reads a page of the brands of the tenant, oldest first. */
export async function brandsOf(
  tx: Transaction,
  { limit, after = BEFORE_ALL }: Page = { limit: 2 },
): Promise<Brand[]> {
  return tx.rows(brands.where('id', '>', after).orderBy('id').limit(limit));
}

/** Reads one brand by its id. */
export async function brandById(tx: Transaction, id: string): Promise<Brand | undefined> {
  return tx.first(brands.where('id', '=', id));
}
