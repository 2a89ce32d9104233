import { setTimeout as pause } from 'node:timers/promises';
import {
  type Clock,
  instant,
  type Database,
  type Transaction,
  endIndexMove,
  raiseKeysRevision,
  type Vault,
  type TenantKeys,
} from '../../platform/index.ts';
import { recordAudit, everyTenant } from '../../company/index.ts';
import { BLIND_COLUMNS } from './blind-columns.ts';
import {
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

export interface IndexMoveDeps {
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
