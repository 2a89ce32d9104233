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

/** What rotating keys needs. */
export interface RotationDeps extends IndexMoveDeps {
  readonly ring: KeyRing;
}

/** What one turn of rotation did; all are counts. */
interface Rotated {
  /** Keys wrapped again, with the key-encryption key in force. */
  readonly rewrapped: number;
  /** Tenants, and the instance, whose announced keys came into force. */
  readonly enforced: number;
  /** Rows resealed under the data key in force. */
  readonly resealed: number;
  /** Rows whose blind index was moved to the coming index key. */
  readonly carried: number;
}

const NOTHING: Rotated = { rewrapped: 0, enforced: 0, resealed: 0, carried: 0 };

/** Continues rotations of keys a batch at a time, while the instance runs; any number of processes may do it. */
export class KeyRotation {
  readonly #deps: RotationDeps;
  readonly #indexes: IndexMove;
  #wrappedUnder = 0;
  #sealsClear = true;

  constructor(deps: RotationDeps) {
    this.#deps = deps;
    this.#indexes = new IndexMove(deps);
  }

  /** Does a part of the work that is left; costs one query when nothing is left. */
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

  /**
   * Wraps keys again, at each turn until every process wraps with the current key: others still make keys under the
   * previous one.
   */
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
   * Seals values that an earlier version wrote in clear, which no version does any more. Tenants whose keys do not open
   * are passed over, and tried again at the next turn.
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

  /** Reseals one batch of each column of each tenant, so that no tenant waits for all rows of another. */
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

/** Errors that concern the keys of one tenant. */
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

/** Stretches of one tenant in a turn, so that no tenant waits for all rows of another. */
const STRETCHES_A_TURN = 20;

/**
 * Milliseconds for which a stretch waits for its lock at first, and others behind it: a STOP waits 200 ms for a lock.
 */
const PATIENCE_MS = 50;
const MOST_PATIENCE_MS = 400;

/**
 * `state` is `busy` when another transaction was in the way, `more` when stretches are left, and `done` after the
 * last.
 */
interface StretchOutcome {
  readonly state: 'busy' | 'more' | 'done';
  readonly rows: number;
}

/**
 * Moves the blind indexes of every tenant to their new key, while the instance runs. All rows of one number are moved
 * in one transaction that keeps the tenant's other transactions out: at every instant a number has one index, and no
 * row has to be looked up under two. A kill loses the stretch under way.
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
      let state: StretchOutcome['state'] = 'more';
      for (let moved = 0; state === 'more' && moved < STRETCHES_A_TURN; moved += 1) {
        const stretch = await this.#stretch(tenantId, keys);
        rows += stretch.rows;
        state = stretch.state;
      }
      if (state !== 'done') open = true;
    }
    if (!open) await database.outside((tx) => endIndexMove(tx, revision));
    return { rows, open };
  }

  /** Moves rows that still have an older index, a batch of each column; returns their number. */
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

  async #stretch(tenantId: string, keys: TenantKeys): Promise<StretchOutcome> {
    const { database, clock } = this.#deps;
    const startedAt = clock.monotonic();
    try {
      const outcome = await database.unguarded(tenantId, async (tx): Promise<StretchOutcome> => {
        if ((await comingIndex(tx)) === undefined) return { state: 'done', rows: 0 };
        await keepOthersOut(tx, this.#patienceMs);
        const coming = await comingIndex(tx);
        return coming === undefined ? { state: 'done', rows: 0 } : this.#carry(tx, keys, coming);
      });
      this.#patienceMs = PATIENCE_MS;
      // Leaves the tenant's other transactions as much time as the stretch took.
      if (outcome.rows > 0) await pause(clock.monotonic() - startedAt);
      return outcome;
    } catch (cause) {
      if (!isInTheWay(cause)) throw cause;
      this.#patienceMs = Math.min(this.#patienceMs * 2, MOST_PATIENCE_MS);
      return { state: 'busy', rows: 0 };
    }
  }

  async #carry(tx: Transaction, keys: TenantKeys, coming: ComingIndex): Promise<StretchOutcome> {
    const until = await endOfStretch(tx, coming);
    const found = await indexesIn(tx, coming, until);
    const pairs = found.map((from) => ({ from, to: keys.carriedIndex(from, coming.version) }));
    // Indexes under the first key have no version in front, so some that were moved already are among those found.
    const rows = await carryRows(
      tx,
      pairs.filter(({ from, to }) => !from.equals(to)),
    );
    if (until !== undefined) {
      await noteReached(tx, coming, until);
      return { state: 'more', rows };
    }
    await this.#switch(tx, coming);
    return { state: 'done', rows };
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

/** Says whether a lock was not available, or a deadlock ended the transaction: a retry may succeed. */
const isInTheWay = (cause: unknown): boolean =>
  typeof cause === 'object' &&
  cause !== null &&
  'code' in cause &&
  /^(55P03|40P01)$/.test(String(cause.code));

const EVERY_MS = 1_000;

/** Starts the loop that keeps the keys of a process current. */
export function watchKeys({ log, ...deps }: WatchedKeys & { readonly log: Log }): Loop {
  const watch = new KeyWatch(deps);
  const work = async (): Promise<boolean> => {
    await watch.look();
    return false;
  };
  return startLoop({ name: 'keys', everyMs: EVERY_MS, work, log });
}

/** Starts the loop that continues rotations of keys, for every tenant. */
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
