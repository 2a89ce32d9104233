import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  type Vault,
  isGuessable,
  refuseGuessable,
} from '../../platform/index.ts';
import { type Territory, defaultProfile, zonesOf } from '../../law/index.ts';
import { hashOfKey, newApiKey, addApiKey, ownerOfKey } from '../keys/api-key.repository.ts';
import { recordAudit } from '../audit/audit-entry.repository.ts';
import { putBrand } from '../brands/brand.repository.ts';
import {
  addTenant,
  firstTenantId,
  newTenantId,
  speakingFor,
  tenantNamed,
  waitForTurnToFound,
  type TenantRow,
} from './tenant.repository.ts';
import { UNNAMED, type ContactMeans, type Sector } from './tenant.ts';

export interface NewTenant {
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

export interface Founding {
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
  const id = newTenantId(clock.machine());
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

/** The tenant that `ensureFirstTenant` found or made; `key` only when it had to invent one. */
export interface FirstTenant {
  readonly id: string;
  readonly created: boolean;
  /** True when the given admin key opens the tenant and is guessable; earlier versions accepted such keys. */
  readonly opensToGuessers: boolean;
  readonly key?: string;
}

const ADMIN_KEY = 'BONHEURE_ADMIN_KEY';

/** Makes the first tenant on an empty database; later, also accepts the given admin key. Throws `CannotStart` for a guessable key. */
export async function ensureFirstTenant(
  database: Database,
  founding: Founding,
  adminKey: string | undefined,
): Promise<FirstTenant> {
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
