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

/** Creates a tenant with its encryption keys, one brand and one admin key, in the caller's transaction. */
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

/** Finds the tenant with that external id or creates it; only the call that creates it returns the key. */
export async function findOrCreateTenant(
  tx: Transaction,
  founding: Founding,
  given: NewTenant & { readonly externalId: string; readonly actor: string },
): Promise<{ readonly id: string; readonly key?: string }> {
  const id = await tenantNamed(tx, given.externalId);
  return id === undefined ? createTenant(tx, founding, given) : { id };
}

const ADMIN_KEY = 'BONHEURE_ADMIN_KEY';

/** Makes the first tenant on an empty database; later, also accepts the given admin key. Throws `CannotStart` for a guessable key. */
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
    await waitForTurnToFound(tx);
    const id = await firstTenantId(tx);
    if (id !== undefined) {
      const isIn =
        adminKey !== undefined && (await admit(tx, founding.clock, { tenantId: id, key: adminKey }));
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

/** Says whether the key opens the tenant afterwards: a revoked key stays revoked, whatever the environment says. */
async function admit(
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
 * Holds the choices that messages follow until the transaction ends, or waits to change them. Taken before the
 * tenant and any of its campaigns is locked. It is no lock of the row: a halt waits for no launch.
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

/** Reads the tenant of the transaction; locked for a change. */
export async function tenantOf(
  tx: Transaction,
  lock: 'read' | 'change' = 'read',
): Promise<Tenant | undefined> {
  const own = tenants.where('id', '=', tx.tenantId);
  return tx.first(lock === 'change' ? own.forNoKeyUpdate() : own);
}

/** A tenant to create; `externalId` is its id in the software that creates it. */
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

/** Stores a tenant's present state. */
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

/** Returns the oldest tenant of the instance, if there is any. */
export async function firstTenantId(tx: Transaction): Promise<string | undefined> {
  const [first] = await tenantsAfter(tx, { most: 1 });
  return first;
}

/** Says whether the tenant of the transaction is the only one of the instance. */
export async function isOnlyTenant(tx: Transaction): Promise<boolean> {
  return (await tenantsAfter(tx, { most: 2 })).length === 1;
}

/** Runs `work` with the transaction in another tenant. */
export async function speakingFor<T>(
  tx: Transaction,
  tenantId: string,
  work: (inner: Transaction) => Promise<T>,
): Promise<T> {
  const done = await work(await tx.as(tenantId));
  await tx.as(tx.tenantId);
  return done;
}

/** Lets one process at a time make the first tenant. */
async function waitForTurnToFound(tx: Transaction): Promise<void> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(4410002)`);
}

/** Finds the tenant of that external id; others that ask for the same one wait until the transaction ends. */
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

/** Reads all tenants of the instance, oldest first. */
export const listedTenants = (tx: Transaction, { after = BEFORE_ALL, limit }: Page) =>
  tx.rows(listedTenantRows.sql`
    SELECT tenant_id AS id, external_id AS "externalId", name, iso(created_at) AS "createdAt"
      FROM listed_tenants(${after}::uuid, ${limit}) ORDER BY tenant_id`);

/** Reads ids of tenants after one, in order; `most` at a time. */
export async function tenantsAfter(
  tx: Transaction,
  page: { readonly after?: string | undefined; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT tenant_id AS id FROM every_tenant(${page.after ?? BEFORE_ALL}::uuid, ${page.most})`);
  return rows.map(({ id }) => id);
}

/** Says whether the tenant is in shadow, where nothing is sent; it stays so until this transaction ends. */
export async function isInShadow(tx: Transaction): Promise<boolean> {
  const own = query.selectFrom('tenant').select('shadow').where('id', '=', tx.tenantId);
  const row = await tx.first(own.forShare());
  return row?.shadow === true;
}

/** Stores one of the tenant's choices; the others stay. */
export const keepChoice = (
  tx: Transaction,
  choice: { readonly name: 'routes' | 'senders'; readonly value: unknown; readonly at: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE tenant SET settings = settings || jsonb_build_object(${choice.name}::text, ${JSON.stringify(choice.value)}::jsonb), updated_at = ${choice.at}
     WHERE id = ${tx.tenantId}::uuid`);

const PAGE = 500;

/** Yields the ids of all tenants, page by page; `within` gives a transaction for each page. */
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

/** A trade name that recipients read. */
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

/** Reads and locks a brand by its tenant's name for it, until the transaction ends. */
export async function lockBrand(tx: Transaction, externalId: string): Promise<Brand | undefined> {
  const named = brands.where('tenantId', '=', tx.tenantId).where('externalId', '=', externalId);
  return tx.first(named.forNoKeyUpdate());
}

/** Reads the brands of the tenant, oldest first. */
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
