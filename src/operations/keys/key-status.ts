import { sql } from 'kysely';
import {
  col,
  instant,
  type KeyRing,
  keysNews,
  keysOfProcesses,
  openKeyRing,
  type RowOf,
  rowsOf,
  sealedVersions,
  type Transaction,
} from '../../platform/index.ts';
import { comingIndex, indexedByOlder, type ComingIndex } from './index-move.repository.ts';
import { sealedByOlder } from './key-rotation.repository.ts';
import { tenantsOf, wrappedKeys, type Keyed } from './key-orders.ts';

/** Describes the state of keys, in lines for a person. */
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

/** A key in force, its age, and whether another is announced. */
type KeyState = RowOf<typeof keyStateRows>;

const STATE = sql`purpose, max(version) FILTER (WHERE in_force) AS version,
  extract(epoch FROM max(created_at) FILTER (WHERE in_force))::float8 * 1000 AS "madeMs", max(version) FILTER (WHERE NOT in_force) AS announced`;

const tenantKeys = (tx: Transaction): Promise<KeyState[]> =>
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

type InstanceKeyState = RowOf<typeof instanceKeyStateRows>;

const SEALED_AS = sql`('x' || encode(substring(sealed FROM 2 FOR 4), 'hex'))::bit(32)::int`;

const instanceKeys = (tx: Transaction): Promise<InstanceKeyState[]> =>
  tx.rows(instanceKeyStateRows.sql`
    WITH waiting AS (
      SELECT ${SEALED_AS} AS version FROM inbound WHERE settled_at IS NULL AND octet_length(sealed) > 4
      UNION ALL SELECT ${SEALED_AS} FROM receipt WHERE matched_at IS NULL AND octet_length(sealed) > 4
      UNION ALL SELECT ${SEALED_AS} FROM reply_part WHERE told_at IS NULL
      UNION ALL SELECT ${SEALED_AS} FROM unread_delivery)
    SELECT k.*, CASE WHEN k.purpose = 'inbox' THEN (SELECT count(*)::int FROM waiting w WHERE w.version < k.version) ELSE 0 END AS older
      FROM (SELECT ${STATE} FROM instance_key GROUP BY purpose) k ORDER BY k.purpose`);

const DAY_MS = 86_400_000;

/** Words a version, its date, and its age. */
const ageOf = (madeMs: number, nowMs: number): string =>
  `of ${instant(madeMs).toISODate()} (${Math.floor((nowMs - madeMs) / DAY_MS)} days)`;

function instanceLine(
  { purpose, version, madeMs, announced, older }: InstanceKeyState,
  nowMs: number,
): string {
  const next = announced === null ? '' : `, version ${announced} is announced`;
  const rows = older === 0 ? '' : `, ${older} rows are still under an older key`;
  return `${purpose} key of the instance: version ${version}, ${ageOf(madeMs, nowMs)}${next}${rows}`;
}

/** The state of the keys of all tenants together. */
interface Sum {
  readonly purposes: Map<string, { lowest: number; highest: number; oldest: number }>;
  /** Rows under older data keys, by table. */
  readonly sealed: Map<string, number>;
  /** Rows under older indexes, by column. */
  readonly indexed: Map<string, number>;
  /** The progress of each tenant's indexes, from 0 to 1. */
  readonly moving: number[];
  tenants: number;
}

async function tenantLines(keyed: Keyed): Promise<readonly string[]> {
  const sum: Sum = { purposes: new Map(), sealed: new Map(), indexed: new Map(), moving: [], tenants: 0 };
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

async function addTenant(tx: Transaction, sum: Sum): Promise<void> {
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

/** Indexes are spread evenly: the end of the last stretch shows the moved share. */
function shareOf({ version, reached }: ComingIndex): number {
  const digest = version === 2 ? reached : reached.subarray(4);
  return digest.length < 4 ? 0 : digest.readUInt32BE(0) / 2 ** 32;
}

function movingLine({ moving }: Sum): readonly string[] {
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
