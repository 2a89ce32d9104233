import { stat } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Transaction, Database } from '../database/connection.ts';
import { col, type RowOf, rowsOf } from '../database/row-type.ts';
import { openKeyRing, type KeyRing } from '../../settings/index.ts';
import type { Vault } from './vault.ts';

/** The keys that a running process knows. */
export interface ProcessKeys {
  readonly ringCurrent: number;
  readonly ringVersions: readonly number[];
  readonly revision: number;
}

/** No running process is silent for so long. */
const SILENT_FOR = '10 seconds';

/** Returns false while the process is not registered. */
async function noteKeys(tx: Transaction, id: string, known: ProcessKeys): Promise<boolean> {
  const touched = await tx.run(sql`
    UPDATE process SET ring_current = ${known.ringCurrent}, ring_versions = ${known.ringVersions.map(String)}::text[],
           keys_revision = ${known.revision}
     WHERE id = ${id}::uuid`);
  return touched > 0;
}

const processKeysRows = rowsOf('process', ['ringCurrent', 'kind']).with({
  ringVersions: col.list<number>(),
  revision: col.of('process', 'keysRevision'),
});

/** Returns the keys of each process that reported recently. */
export const keysOfProcesses = (tx: Transaction): Promise<(ProcessKeys & { readonly kind: string })[]> =>
  tx.rows(processKeysRows.sql`
    SELECT kind, ring_current AS "ringCurrent", ring_versions::int[] AS "ringVersions", keys_revision::float8 AS revision
      FROM process WHERE seen_at > clock_timestamp() - ${SILENT_FOR}::interval ORDER BY id`);

const rotationStateRows = rowsOf('instance', ['indexMoving']).with({
  revision: col.of('instance', 'keysRevision'),
  settled: col.of('instance', 'keysSettled'),
});

/**
 * Returns the revision of the keys, whether indexes move, and `settled`: the latest revision under which nothing was
 * left to reseal.
 */
export async function rotationState(tx: Transaction): Promise<KeysNews & { readonly settled: number }> {
  const row = await tx.first(rotationStateRows.sql`
    SELECT keys_revision::float8 AS revision, index_moving AS "indexMoving", keys_settled::float8 AS settled
      FROM instance`);
  return row ?? { revision: 0, indexMoving: false, settled: 0 };
}

/** Returns the same as `rotationState`, under a lock for which other orders about index keys wait. */
export async function lockedRotationState(tx: Transaction): ReturnType<typeof rotationState> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended('order of index keys', 0))`);
  return rotationState(tx);
}

/** Records the rows that a turn of rotation resealed; a turn that found nothing settles the revision. */
export async function noteResealed(tx: Transaction, rows: number, revision: number): Promise<void> {
  await tx.run(
    rows === 0
      ? sql`UPDATE instance SET keys_settled = greatest(keys_settled, ${revision}::bigint)`
      : sql`UPDATE instance SET rows_resealed = rows_resealed + ${rows}::bigint`,
  );
}

const keysNewsRows = rowsOf('instance', ['indexMoving']).with({
  revision: col.of('instance', 'keysRevision'),
});

/** What every process polls each second to learn that keys changed. */
type KeysNews = RowOf<typeof keysNewsRows>;

/** Reads the revision and state of the keys. */
export async function keysNews(tx: Transaction): Promise<KeysNews> {
  const row = await tx.first(keysNewsRows.sql`
    SELECT keys_revision::float8 AS revision, index_moving AS "indexMoving" FROM instance`);
  return row ?? { revision: 0, indexMoving: false };
}

/** Announces to every process that keys were made or came into force. */
export async function raiseKeysRevision(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET keys_revision = keys_revision + 1`);
}

/** Announces to every process that blind indexes move to another key. */
export async function beginIndexMove(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET index_moving = true, keys_revision = keys_revision + 1`);
}

/** Announces that no index moves any more; does nothing when keys were made or came into force since that revision. */
export async function endIndexMove(tx: Transaction, revision: number): Promise<void> {
  await tx.run(sql`
    UPDATE instance SET index_moving = false, keys_revision = keys_revision + 1
     WHERE index_moving AND keys_revision = ${revision}::bigint`);
}

/** What `KeyWatch` keeps current in one process. */
export interface WatchedKeys {
  readonly processId: string;
  readonly file: string;
  readonly ring: KeyRing;
  readonly vault: Vault;
  readonly database: Database;
  /** Further pools of the process that enter a tenant. */
  readonly besides?: readonly Database[];
  /** Learns whether indexes are moving; every pool that enters a tenant has this guard. */
  readonly guard: IndexGuard;
  /** Passes the newly read keys on to other holders. */
  readonly renewed?: () => Promise<void>;
}

/** Keeps the keys of a process current: reads the file of keys and the keys in the database again when they change. */
export class KeyWatch {
  readonly #deps: WatchedKeys;
  #file = '';
  #revision = -1;
  #noted = '';

  constructor(deps: WatchedKeys) {
    this.#deps = deps;
  }

  /** Looks once; an unreadable file leaves the keys in memory as they are, and throws. */
  async look(): Promise<void> {
    await this.#readFile();
    const { database, vault, guard, renewed } = this.#deps;
    const { revision, indexMoving } = await database.outside(keysNews);
    guard.notice(indexMoving);
    if (revision !== this.#revision) {
      await vault.renew(database);
      await renewed?.();
      // Work that began under the previous keys ends before this process reports the new ones.
      await this.#settled();
      this.#revision = revision;
    }
    await this.#report();
  }

  async #settled(): Promise<void> {
    const { database, besides = [] } = this.#deps;
    await Promise.all([database, ...besides].map((pool) => pool.settled()));
  }

  async #readFile(): Promise<void> {
    const { file, ring } = this.#deps;
    const { mtimeNs, ino, size } = await stat(file, { bigint: true });
    const seen = [mtimeNs, ino, size].join(' ');
    if (seen === this.#file) return;
    ring.adopt(await openKeyRing(file));
    this.#file = seen;
  }

  async #report(): Promise<void> {
    const { processId, ring, database } = this.#deps;
    const known = { ringCurrent: ring.current, ringVersions: ring.versions, revision: this.#revision };
    const knownText = JSON.stringify(known);
    if (knownText !== this.#noted && (await database.outside((tx) => noteKeys(tx, processId, known))))
      this.#noted = knownText;
  }
}

/** Shorter than `SILENT_FOR`: the last news of a silent process may be from before a change. */
const BELIEVED_MS = 5_000;

/** The lock under which a stretch of a tenant's indexes is moved, while no transaction of that tenant is open. */
export const stretchLock = (tenantId: string) => sql`hashtextextended(${`index|${tenantId}`}, 0)`;

/**
 * Lets no stretch of a tenant's indexes move to another key while a transaction of that tenant is open. While indexes
 * move, each transaction shares a lock with the others and reads the progress: the indexes that it computes match the
 * tables until it ends. At rest it costs nothing.
 */
export class IndexGuard {
  readonly #vault: Vault;
  readonly #clock: { monotonic(): number };
  #moving = true;
  #noticedAt = Number.NEGATIVE_INFINITY;

  constructor(vault: Vault, clock: { monotonic(): number }) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /** Records whether indexes are moving; without recent news the guard assumes that they are. */
  notice(moving: boolean): void {
    this.#moving = moving;
    this.#noticedAt = this.#clock.monotonic();
  }

  readonly enter = async (tx: Transaction): Promise<void> => {
    if (!this.#moving && this.#clock.monotonic() - this.#noticedAt < BELIEVED_MS) return;
    await tx.run(sql`SELECT pg_advisory_xact_lock_shared(${stretchLock(tx.tenantId)})`);
    await this.#vault.followIndex(tx);
  };
}
