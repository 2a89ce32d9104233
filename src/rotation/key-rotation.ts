import { setTimeout as pause } from 'node:timers/promises';
import { everyTenant, sealAddresses, recordAudit } from '../company/index.ts';
import {
  keysOfProcesses,
  noteResealed,
  rotationState,
  instant,
  endIndexMove,
  raiseKeysRevision,
  KeyWatch,
  startLoop,
  type ProcessKeys,
  type Clock,
  type Database,
  type Transaction,
  type Vault,
  type WatchedKeys,
  type Log,
  type Loop,
} from '../platform/index.ts';
import { CiphertextRefused, TenantKeysMissing, type TenantKeys } from '../crypto/index.ts';
import { KeyRingUnusable, type KeyRing } from '../settings/index.ts';
import {
  rewrapInstance,
  rewrapTenant,
  enforceInstanceKeys,
  enforceTenantKeys,
  resealSome,
  SEALED_COLUMNS,
} from './key-rotation.repository.ts';
import {
  BLIND_COLUMNS,
  carryRows,
  carryStragglers,
  comingIndex,
  endOfStretch,
  enforceIndex,
  indexesIn,
  isSomebodyLate,
  keepOthersOut,
  noteReached,
  type ComingIndex,
} from './index-move.repository.ts';

/** The dependencies of rotating keys. */
export interface RotationDeps extends IndexMoveDeps {
  readonly ring: KeyRing;
}

export interface Rotated {
  /** Keys rewrapped under the key-encryption key in force. */
  readonly rewrapped: number;
  /** Tenants, and the instance, whose announced keys came into force. */
  readonly enforced: number;
  /** Rows resealed under the data key in force. */
  readonly resealed: number;
  /** Rows whose blind index was moved to the coming index key. */
  readonly carried: number;
}

const NOTHING: Rotated = { rewrapped: 0, enforced: 0, resealed: 0, carried: 0 };

/** Continues rotations while everything runs, a batch at a time; any number of processes may do it. */
export class KeyRotation {
  readonly #deps: RotationDeps;
  readonly #indexes: IndexMove;
  #wrappedUnder = 0;
  #sealsClear = true;

  constructor(deps: RotationDeps) {
    this.#deps = deps;
    this.#indexes = new IndexMove(deps);
  }

  /** Does the pending work; costs one query when there is none. */
  async turn(): Promise<Rotated> {
    const { database, ring } = this.#deps;
    const { revision, settled, indexMoving, processes } = await database.outside(async (tx) => ({
      ...(await rotationState(tx)),
      processes: await keysOfProcesses(tx),
    }));
    const rewrapped = await this.#rewrap(ring.current, processes);
    await this.#sealClear();
    if (revision === settled || !processes.every((one) => one.revision >= revision))
      return { ...NOTHING, rewrapped };
    const enforced = await this.#enforce();
    if (enforced > 0) return { ...NOTHING, rewrapped, enforced };
    if (indexMoving) return { ...NOTHING, rewrapped, carried: (await this.#indexes.turn(revision)).rows };
    const resealed = await this.#reseal();
    const carried = await this.#indexes.sweep();
    await database.outside((tx) => noteResealed(tx, resealed + carried, revision));
    return { rewrapped, enforced, resealed, carried };
  }

  /** A process that does not wrap with it yet may still make a key under the previous version. */
  async #rewrap(current: number, processes: readonly ProcessKeys[]): Promise<number> {
    const { database, ring } = this.#deps;
    if (this.#wrappedUnder === current) return 0;
    let rewrapped = await database.outside((tx) => rewrapInstance(tx, ring));
    for await (const tenantId of this.#tenants())
      rewrapped += await database.withTenant(tenantId, (tx) => rewrapTenant(tx, ring));
    if (processes.every(({ ringCurrent }) => ringCurrent === current)) this.#wrappedUnder = current;
    return rewrapped;
  }

  /**
   * Seals values that an earlier version wrote in clear; none writes them any more. A tenant whose keys do not open
   * holds no other back.
   */
  async #sealClear(): Promise<void> {
    if (!this.#sealsClear) return;
    const { database, vault } = this.#deps;
    let found = 0;
    for await (const tenantId of this.#tenants()) {
      const sealing = database.withTenant(tenantId, (tx) => sealAddresses(tx, (own) => vault.tenant(own)));
      found += await sealing.catch(ifNotOpened(1));
    }
    this.#sealsClear = found > 0;
  }

  async #enforce(): Promise<number> {
    const { database } = this.#deps;
    let enforced = (await database.outside(enforceInstanceKeys)) ? 1 : 0;
    for await (const tenantId of this.#tenants())
      if (await database.withTenant(tenantId, enforceTenantKeys)) enforced += 1;
    return enforced;
  }

  /** Reseals one batch of each column of each tenant: no tenant waits for the whole of another. */
  async #reseal(): Promise<number> {
    const { database, vault } = this.#deps;
    let resealed = 0;
    for await (const tenantId of this.#tenants()) {
      const keys = await database.withTenant(tenantId, (tx) => vault.tenant(tx));
      if (keys.current('data').version === 1) continue;
      for (const column of SEALED_COLUMNS)
        resealed += await database.withTenant(tenantId, (tx) => resealSome(tx, keys, column));
    }
    return resealed;
  }

  #tenants(): AsyncGenerator<string> {
    return everyTenant((work) => this.#deps.database.outside(work));
  }
}

/** The errors of one tenant's keys. */
const NOT_OPENED = [CiphertextRefused, KeyRingUnusable, TenantKeysMissing];

const ifNotOpened =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (NOT_OPENED.some((kind) => error instanceof kind)) return instead;
    throw error;
  };

interface IndexMoveDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Pick<Clock, 'machine' | 'monotonic'>;
}

/** No tenant waits for the whole of another. */
const STRETCHES_A_TURN = 20;

/** A STOP waits 200 ms for a lock: at first a stretch delays nobody for longer. */
const PATIENCE_MS = 50;
const MOST_PATIENCE_MS = 400;

/** The outcome of a stretch: blocked by another transaction, more to come, or the last. */
type Went = 'busy' | 'on' | 'whole';

/**
 * Moves the blind indexes of every tenant to their new key, while everything runs. All rows of one number are moved
 * in one transaction that locks the tenant's others out; so a number has one index at every instant, and nothing is
 * ever looked up under two. A kill loses the stretch under way.
 */
export class IndexMove {
  readonly #deps: IndexMoveDeps;
  #patienceMs = PATIENCE_MS;

  constructor(deps: IndexMoveDeps) {
    this.#deps = deps;
  }

  /** Moves some stretches of each tenant; returns the number of rows, and whether a tenant has more. */
  async turn(revision: number): Promise<{ readonly rows: number; readonly open: boolean }> {
    const { database } = this.#deps;
    if (await database.outside(isSomebodyLate)) return { rows: 0, open: true };
    let rows = 0;
    let open = false;
    for await (const tenantId of this.#tenants()) {
      const keys = await this.#keysOf(tenantId);
      for (let went: Went = 'on', done = 0; went === 'on' && done < STRETCHES_A_TURN; done += 1) {
        const stretch = await this.#stretch(tenantId, keys);
        rows += stretch.rows;
        went = stretch.went;
        open ||= went === 'busy' || (went === 'on' && done === STRETCHES_A_TURN - 1);
      }
    }
    if (!open) await database.outside((tx) => endIndexMove(tx, revision));
    return { rows, open };
  }

  /** Moves the remaining rows, a batch of each column; returns their number. */
  async sweep(): Promise<number> {
    let rows = 0;
    for await (const tenantId of this.#tenants()) {
      const keys = await this.#keysOf(tenantId);
      const { version } = keys.current('index');
      if (version === 1) continue;
      const newest = { version, carried: (kept: Buffer) => keys.carriedIndex(kept, version) };
      for (const at of BLIND_COLUMNS)
        rows += await this.#deps.database.withTenant(tenantId, (tx) => carryStragglers(tx, at, newest));
    }
    return rows;
  }

  async #stretch(
    tenantId: string,
    keys: TenantKeys,
  ): Promise<{ readonly went: Went; readonly rows: number }> {
    const { database, clock } = this.#deps;
    const startedAt = clock.monotonic();
    try {
      const went = await database.unguarded(tenantId, async (tx) => {
        if ((await comingIndex(tx)) === undefined) return { went: 'whole', rows: 0 } as const;
        await keepOthersOut(tx, this.#patienceMs);
        const coming = await comingIndex(tx);
        return coming === undefined ? ({ went: 'whole', rows: 0 } as const) : this.#carry(tx, keys, coming);
      });
      this.#patienceMs = PATIENCE_MS;
      // As long for the others as for us.
      if (went.rows > 0) await pause(clock.monotonic() - startedAt);
      return went;
    } catch (cause) {
      if (!isInTheWay(cause)) throw cause;
      this.#patienceMs = Math.min(this.#patienceMs * 2, MOST_PATIENCE_MS);
      return { went: 'busy', rows: 0 };
    }
  }

  async #carry(
    tx: Transaction,
    keys: TenantKeys,
    coming: ComingIndex,
  ): Promise<{ readonly went: Went; readonly rows: number }> {
    const until = await endOfStretch(tx, coming);
    const found = await indexesIn(tx, coming, until);
    const pairs = found.map((from) => ({ from, to: keys.carriedIndex(from, coming.version) }));
    // Under the first key an index has no version in front: those that were carried stand among them.
    const rows = await carryRows(
      tx,
      pairs.filter(({ from, to }) => !from.equals(to)),
    );
    if (until !== undefined) {
      await noteReached(tx, coming, until);
      return { went: 'on', rows };
    }
    await this.#switch(tx, coming);
    return { went: 'whole', rows };
  }

  async #switch(tx: Transaction, coming: ComingIndex): Promise<void> {
    await enforceIndex(tx, coming);
    await raiseKeysRevision(tx);
    const machineMs = this.#deps.clock.machine();
    await recordAudit(
      tx,
      { actor: 'system', action: 'keys.index-rotated', details: { version: coming.version } },
      { at: instant(machineMs).toISO(), machineMs },
    );
  }

  #keysOf(tenantId: string): Promise<TenantKeys> {
    const { database, vault } = this.#deps;
    return database.withTenant(tenantId, (tx) => vault.tenant(tx));
  }

  #tenants(): AsyncGenerator<string> {
    return everyTenant((work) => this.#deps.database.outside(work));
  }
}

/** Lock not available, or a deadlock that ended us: a retry may succeed. */
const isInTheWay = (cause: unknown): boolean =>
  typeof cause === 'object' &&
  cause !== null &&
  'code' in cause &&
  /^(55P03|40P01)$/.test(String(cause.code));

const EVERY_MS = 1_000;

/** Keeps the keys of a process current, without a restart. */
export function watchKeys({ log, ...deps }: WatchedKeys & { readonly log: Log }): Loop {
  const watch = new KeyWatch(deps);
  const work = async (): Promise<boolean> => {
    await watch.look();
    return false;
  };
  return startLoop({ name: 'keys', everyMs: EVERY_MS, work, log });
}

/** Continues rotations of keys, for every tenant. */
export function rotateKeys({ log, ...deps }: RotationDeps & { readonly log: Log }): Loop {
  const rotation = new KeyRotation(deps);
  const work = async (): Promise<boolean> => {
    const rotated = await rotation.turn();
    const { rewrapped, enforced, resealed, carried } = rotated;
    if (rewrapped + enforced + resealed + carried > 0) log.info(rotated, 'keys are rotated');
    return enforced + resealed + carried > 0;
  };
  return startLoop({ name: 'key rotation', everyMs: EVERY_MS, work, log });
}
