import {
  instant,
  type Clock,
  newKeyBytes,
  type Database,
  beginIndexMove,
  keysOfProcesses,
  lockedRotationState,
  openKeyRing,
  readKeyFile,
  writeKeyFile,
  until,
  sealedVersions,
} from '../../platform/index.ts';
import {
  wrappedOfInstance,
  wrappedOfTenant,
  announceIndexKey,
  announceInstanceKeys,
  announcePayloadKey,
  announceTenantKeys,
} from './key-rotation.repository.ts';
import { recordAudit, everyTenant } from '../../company/index.ts';

/** The vault and database of keys. */
export interface Keyed {
  readonly file: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly journalFolder: string;
}

/** Thrown for an order about keys that would lose something; its sentence gives the remedy. */
export class KeyOrderRefused extends Error {
  override readonly name = 'KeyOrderRefused';
}

/** Adds a key-encryption key to the file; nothing is wrapped with it yet. */
export async function addEncryptionKey({ file }: Pick<Keyed, 'file'>): Promise<number> {
  const { current, keys } = await readKeyFile(file);
  const version = Math.max(...keys.map((key) => key.version)) + 1;
  const key = newKeyBytes().toString('base64');
  await writeKeyFile(file, { current, keys: [...keys, { version, key }] });
  return version;
}

/** Processes look at their keys file each second; a command may follow the one before it at once. */
const PATIENCE_MS = 5_000;

/** Wraps with the newest key-encryption key from now on; refused while, for all that time, a process does not know it. */
export async function rotateRing(
  { file, database }: Pick<Keyed, 'file' | 'database'>,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const { current, keys } = await readKeyFile(file);
  const newest = Math.max(...keys.map(({ version }) => version));
  if (newest === current)
    throw new KeyOrderRefused(`Key ${current} is the newest there is: run npm run keys -- add first.`);
  let [ignorant, all] = [0, 0];
  const allKnow = async (): Promise<boolean> => {
    const processes = await database.outside(keysOfProcesses);
    all = processes.length;
    ignorant = processes.filter(({ ringVersions }) => !ringVersions.includes(newest)).length;
    return ignorant === 0;
  };
  if (!(await until(allKnow, patienceMs)))
    throw new KeyOrderRefused(
      `${ignorant} of ${all} processes have not read key ${newest} yet: copy the keys file to each machine, and try again in a few seconds.`,
    );
  await writeKeyFile(file, { current: newest, keys });
  return newest;
}

/** Removes a key-encryption key from the file; refused while anything is wrapped with it. */
export async function retireKey(keyed: Keyed, version: number): Promise<void> {
  const { current, keys } = await readKeyFile(keyed.file);
  if (keys.every((key) => key.version !== version))
    throw new KeyOrderRefused(`There is no key ${version} in the keys file.`);
  if (version === current)
    throw new KeyOrderRefused(`Key ${version} wraps: rotate to another before it is retired.`);
  const processes = await keyed.database.outside(keysOfProcesses);
  const late = processes.filter(({ ringCurrent }) => ringCurrent !== current).length;
  if (late > 0)
    throw new KeyOrderRefused(
      `${late} of ${processes.length} processes do not wrap with key ${current} yet: try again in a few seconds.`,
    );
  const wrapped = (await wrappedKeys(keyed.database)).get(version) ?? 0;
  if (wrapped > 0)
    throw new KeyOrderRefused(
      `${wrapped} keys are still wrapped with key ${version}: a worker wraps them anew; npm run keys -- status shows how many are left.`,
    );
  if ((await sealedVersions(keyed.journalFolder)).has(version))
    throw new KeyOrderRefused(
      `The opt-out journal in ${keyed.journalFolder} still holds entries under key ${version}: keep it until they are forgotten (BONHEURE_JOURNAL_DAYS).`,
    );
  await writeKeyFile(keyed.file, { current, keys: keys.filter((key) => key.version !== version) });
}

/** Makes new data keys for every tenant; returns the number of tenants. */
export async function rotateDataKeys({ file, database, clock }: Keyed): Promise<number> {
  const ring = await openKeyRing(file);
  const madeAt = instant(clock.machine()).toISO();
  let tenants = 0;
  for await (const tenantId of tenantsOf(database)) {
    await database.withTenant(tenantId, (tx) => announceTenantKeys(tx, ring, madeAt));
    tenants += 1;
  }
  return tenants;
}

/** Makes a new key for payloads of Temporal. */
export async function rotatePayloadKey({ file, database, clock }: Keyed): Promise<void> {
  const ring = await openKeyRing(file);
  await database.outside((tx) => announcePayloadKey(tx, ring, instant(clock.machine()).toISO()));
}

/**
 * Makes a new index key for every tenant, in one commit; returns the number of tenants. Refused while a move is
 * under way: a tenant would be moved twice, or another not at all.
 */
export async function rotateIndexKeys({ file, database, clock }: Keyed): Promise<number> {
  const ring = await openKeyRing(file);
  const machineMs = clock.machine();
  const at = instant(machineMs).toISO();
  return database.outside(async (tx) => {
    const { indexMoving, revision, settled } = await lockedRotationState(tx);
    if (indexMoving)
      throw new KeyOrderRefused(
        'Indexes are on their way to another key already: npm run keys -- status shows how far they have come.',
      );
    if (revision !== settled)
      throw new KeyOrderRefused(
        'Another rotation is under way: npm run keys -- status shows what is left; a worker must run.',
      );
    let tenants = 0;
    for await (const tenantId of everyTenant((work) => work(tx))) {
      const within = await tx.as(tenantId);
      const version = await announceIndexKey(within, ring, at);
      const entry = { actor: 'system', action: 'keys.index-rotation-begun', details: { version } };
      await recordAudit(within, entry, { at, machineMs });
      tenants += 1;
    }
    await beginIndexMove(tx);
    return tenants;
  });
}

/** Makes new keys of the instance for all its uses. */
export async function rotateInstanceKeys({ file, database, clock }: Keyed): Promise<readonly string[]> {
  const ring = await openKeyRing(file);
  return database.outside((tx) => announceInstanceKeys(tx, ring, instant(clock.machine()).toISO()));
}

/** Counts the keys that each key-encryption key wraps, of all tenants together. */
export async function wrappedKeys(database: Database): Promise<ReadonlyMap<number, number>> {
  const sum = new Map<number, number>();
  const add = (counted: readonly { readonly version: number; readonly keys: number }[]): void => {
    for (const { version, keys } of counted) sum.set(version, (sum.get(version) ?? 0) + keys);
  };
  add(await database.outside(wrappedOfInstance));
  for await (const tenantId of tenantsOf(database)) add(await database.withTenant(tenantId, wrappedOfTenant));
  return sum;
}

export const tenantsOf = (database: Database): AsyncGenerator<string> =>
  everyTenant((work) => database.outside(work));
