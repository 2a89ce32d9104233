import { sql } from 'kysely';
import { recordAudit, everyTenant } from '../company/index.ts';
import {
  instant,
  type Clock,
  type Database,
  beginIndexMove,
  keysOfProcesses,
  lockedRotationState,
  sealedVersions,
  col,
  keysNews,
  type RowOf,
  rowsOf,
  type Transaction,
} from '../platform/index.ts';
import { newKeyBytes } from '../crypto/index.ts';
import { openKeyRing, readKeyFile, writeKeyFile, type KeyRing } from '../settings/index.ts';
import { until } from '../base/index.ts';
import { comingIndex, indexedByOlder, type ComingIndex } from './index-move.repository.ts';
import {
  wrappedOfInstance,
  wrappedOfTenant,
  announceIndexKey,
  announceInstanceKeys,
  announcePayloadKey,
  announceTenantKeys,
  sealedByOlder,
} from './key-rotation.repository.ts';

/**
 * Where an instance has its keys: the file of key-encryption keys, the database, and the journals sealed under them.
 */
export interface Keyed {
  readonly file: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly journalFolder: string;
}

/** Thrown for an order about keys that would lose something; its message says what to do instead. */
export class KeyOrderRefused extends Error {
  override readonly name = 'KeyOrderRefused';
}

/** Adds a key-encryption key to the file, with which nothing is wrapped yet; returns its version. */
export async function addEncryptionKey({ file }: Pick<Keyed, 'file'>): Promise<number> {
  const { current, keys } = await readKeyFile(file);
  const version = Math.max(...keys.map((key) => key.version)) + 1;
  const key = newKeyBytes().toString('base64');
  await writeKeyFile(file, { current, keys: [...keys, { version, key }] });
  return version;
}

/** Processes read their keys file each second; this lets one command directly follow another. */
const PATIENCE_MS = 5_000;

/**
 * Makes the newest key-encryption key the one that wraps; refuses when a process does not know it within
 * `patienceMs`. Returns its version.
 */
export async function rotateRing(
  { file, database }: Pick<Keyed, 'file' | 'database'>,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const { current, keys } = await readKeyFile(file);
  const newest = Math.max(...keys.map(({ version }) => version));
  if (newest === current)
    throw new KeyOrderRefused(`Key ${current} is the newest there is: run npm run keys -- add first.`);
  let [behindCount, all] = [0, 0];
  const allKnow = async (): Promise<boolean> => {
    const processes = await database.outside(keysOfProcesses);
    all = processes.length;
    behindCount = processes.filter(({ ringVersions }) => !ringVersions.includes(newest)).length;
    return behindCount === 0;
  };
  if (!(await until(allKnow, patienceMs)))
    throw new KeyOrderRefused(
      `${behindCount} of ${all} processes have not read key ${newest} yet: copy the keys file to each machine, and try again in a few seconds.`,
    );
  await writeKeyFile(file, { current: newest, keys });
  return newest;
}

/** Removes a key-encryption key from the file; refuses while anything is wrapped or sealed with it. */
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

/** Makes a new key for the payloads that Temporal stores. */
export async function rotatePayloadKey({ file, database, clock }: Keyed): Promise<void> {
  const ring = await openKeyRing(file);
  await database.outside((tx) => announcePayloadKey(tx, ring, instant(clock.machine()).toISO()));
}

/**
 * Makes a new index key for every tenant, in one commit; returns the number of tenants. Refuses while a rotation is
 * under way: some tenant's rows would be moved twice, or not at all.
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

/** Makes new keys of the instance for all its purposes; returns the purposes. */
export async function rotateInstanceKeys({ file, database, clock }: Keyed): Promise<readonly string[]> {
  const ring = await openKeyRing(file);
  return database.outside((tx) => announceInstanceKeys(tx, ring, instant(clock.machine()).toISO()));
}

/** Counts the keys of all tenants and of the instance, by the version of the key-encryption key that wraps them. */
async function wrappedKeys(database: Database): Promise<ReadonlyMap<number, number>> {
  const sum = new Map<number, number>();
  const add = (counted: readonly { readonly version: number; readonly keys: number }[]): void => {
    for (const { version, keys } of counted) sum.set(version, (sum.get(version) ?? 0) + keys);
  };
  add(await database.outside(wrappedOfInstance));
  for await (const tenantId of tenantsOf(database)) add(await database.withTenant(tenantId, wrappedOfTenant));
  return sum;
}

const tenantsOf = (database: Database): AsyncGenerator<string> =>
  everyTenant((work) => database.outside(work));

/** Describes the state of all keys, in lines for a person. */
export async function keysStatus(keyed: Keyed): Promise<readonly string[]> {
  const { database, file } = keyed;
  const ring = await openKeyRing(file);
  const wrapped = await wrappedKeys(database);
  const journals = await sealedVersions(keyed.journalFolder);
  const { processes, news, instance } = await database.outside(async (tx) => ({
    processes: await keysOfProcesses(tx),
    news: await keysNews(tx),
    instance: await instanceKeys(tx),
  }));
  const versions = [...new Set([...ring.versions, ...wrapped.keys()])].toSorted((a, b) => a - b);
  return [
    ...versions.map((version) => ringLine(version, { ring, wrapped, journals })),
    ...processes.map(
      ({ kind, ringCurrent, ringVersions, revision: read }) =>
        `${kind}: wraps with ${ringCurrent}, knows ${ringVersions.join(', ')}${read < news.revision ? ', has not read the newest data keys yet' : ''}`,
    ),
    ...(await tenantLines(keyed)),
    ...instance.map((key) => instanceLine(key, keyed.clock.machine())),
  ];
}

function ringLine(
  version: number,
  known: {
    readonly ring: KeyRing;
    readonly wrapped: ReadonlyMap<number, number>;
    readonly journals: ReadonlySet<number>;
  },
): string {
  const { ring, wrapped, journals } = known;
  const state = version === ring.current ? 'wraps' : ring.versions.includes(version) ? 'unwraps' : 'MISSING';
  const journal = journals.has(version) ? ', entries of the journal' : '';
  return `key-encryption key ${version}: ${state}, ${wrapped.get(version) ?? 0} keys${journal}`;
}

const keyStateRows = rowsOf('data_key', ['purpose']).with({
  version: col.number(),
  /** Epoch milliseconds of the machine clock. */
  madeMs: col.number(),
  announced: col.number().orNull(),
});

const STATE = sql`purpose, max(version) FILTER (WHERE in_force) AS version,
  extract(epoch FROM max(created_at) FILTER (WHERE in_force))::float8 * 1000 AS "madeMs", max(version) FILTER (WHERE NOT in_force) AS announced`;

const tenantKeys = (tx: Transaction) =>
  tx.rows(keyStateRows.sql`
    SELECT ${STATE} FROM data_key WHERE tenant_id = ${tx.tenantId}::uuid GROUP BY purpose ORDER BY purpose`);

const instanceKeyStateRows = rowsOf('instance_key', ['purpose']).with({
  /** Rows under older keys that wait to be read. */
  older: col.number(),
  version: col.number(),
  /** Epoch milliseconds of the machine clock. */
  madeMs: col.number(),
  announced: col.number().orNull(),
});

const SEALED_AS = sql`('x' || encode(substring(sealed FROM 2 FOR 4), 'hex'))::bit(32)::int`;

const instanceKeys = (tx: Transaction) =>
  tx.rows(instanceKeyStateRows.sql`
    WITH waiting AS (
      SELECT ${SEALED_AS} AS version FROM inbound WHERE settled_at IS NULL AND octet_length(sealed) > 4
      UNION ALL SELECT ${SEALED_AS} FROM receipt WHERE matched_at IS NULL AND octet_length(sealed) > 4
      UNION ALL SELECT ${SEALED_AS} FROM reply_part WHERE told_at IS NULL
      UNION ALL SELECT ${SEALED_AS} FROM unread_delivery)
    SELECT k.*, CASE WHEN k.purpose = 'inbox' THEN (SELECT count(*)::int FROM waiting w WHERE w.version < k.version) ELSE 0 END AS older
      FROM (SELECT ${STATE} FROM instance_key GROUP BY purpose) k ORDER BY k.purpose`);

const DAY_MS = 86_400_000;

const ageOf = (madeMs: number, nowMs: number): string =>
  `of ${instant(madeMs).toISODate()} (${Math.floor((nowMs - madeMs) / DAY_MS)} days)`;

function instanceLine(
  { purpose, version, madeMs, announced, older }: RowOf<typeof instanceKeyStateRows>,
  nowMs: number,
): string {
  const next = announced === null ? '' : `, version ${announced} is announced`;
  const rows = older === 0 ? '' : `, ${older} rows are still under an older key`;
  return `${purpose} key of the instance: version ${version}, ${ageOf(madeMs, nowMs)}${next}${rows}`;
}

/** The state of the keys of all tenants together. */
interface TenantSums {
  readonly purposes: Map<string, { lowest: number; highest: number; oldest: number }>;
  /** Rows under older data keys, by table. */
  readonly sealed: Map<string, number>;
  /** Rows under older indexes, by column. */
  readonly indexed: Map<string, number>;
  /** The share of each moving tenant's indexes that was moved, from 0 to 1. */
  readonly moving: number[];
  tenants: number;
}

async function tenantLines(keyed: Keyed): Promise<readonly string[]> {
  const sum: TenantSums = {
    purposes: new Map(),
    sealed: new Map(),
    indexed: new Map(),
    moving: [],
    tenants: 0,
  };
  for await (const tenantId of tenantsOf(keyed.database))
    await keyed.database.withTenant(tenantId, (tx) => addTenant(tx, sum));
  const ages = [...sum.purposes].map(
    ([purpose, { lowest, highest, oldest }]) =>
      `${purpose} keys of ${sum.tenants} tenants: version ${lowest === highest ? lowest : `${lowest} to ${highest}`}, the oldest ${ageOf(oldest, keyed.clock.machine())}`,
  );
  return [
    ...ages,
    ...behind('data keys', sum.sealed),
    ...movingLine(sum),
    ...behind('index keys', sum.indexed),
  ];
}

async function addTenant(tx: Transaction, sum: TenantSums): Promise<void> {
  const states = await tenantKeys(tx);
  const versionOf = (purpose: string): number => states.find((one) => one.purpose === purpose)?.version ?? 1;
  for (const { purpose, version, madeMs } of states) {
    const known = sum.purposes.get(purpose) ?? { lowest: version, highest: version, oldest: madeMs };
    sum.purposes.set(purpose, {
      lowest: Math.min(known.lowest, version),
      highest: Math.max(known.highest, version),
      oldest: Math.min(known.oldest, madeMs),
    });
  }
  for (const { table, rows } of await sealedByOlder(tx, versionOf('data'))) add(sum.sealed, table, rows);
  const coming = await comingIndex(tx);
  if (coming !== undefined) sum.moving.push(shareOf(coming));
  for (const { at, rows } of await indexedByOlder(tx, coming?.version ?? versionOf('index')))
    add(sum.indexed, at, rows);
  sum.tenants += 1;
}

const add = (sum: Map<string, number>, what: string, rows: number): void =>
  void sum.set(what, (sum.get(what) ?? 0) + rows);

/**
 * Returns the share of indexes that were moved: since digests are spread evenly, it follows from the last one
 * reached.
 */
function shareOf({ version, reached }: ComingIndex): number {
  const digest = version === 2 ? reached : reached.subarray(4);
  return digest.length < 4 ? 0 : digest.readUInt32BE(0) / 2 ** 32;
}

function movingLine({ moving }: TenantSums): readonly string[] {
  if (moving.length === 0) return [];
  const mean = moving.reduce((sum, share) => sum + share, 0) / moving.length;
  return [
    `index keys: ${moving.length} tenants on their way to another, ${Math.floor(mean * 100)} % carried`,
  ];
}

function behind(keys: string, left: ReadonlyMap<string, number>): readonly string[] {
  const rows = [...left].filter(([, count]) => count > 0);
  return rows.length === 0
    ? [`${keys}: every row is under the key in force of its tenant`]
    : rows.map(([what, count]) => `${keys}: ${count} rows of ${what} are still under an older key`);
}
