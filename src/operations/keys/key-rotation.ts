import { everyTenant, sealAddresses } from '../../company/index.ts';
import {
  CiphertextRefused,
  keysOfProcesses,
  noteResealed,
  rotationState,
  type ProcessKeys,
  KeyRingUnusable,
  type KeyRing,
  TenantKeysMissing,
} from '../../platform/index.ts';
import { IndexMove, type IndexMoveDeps } from './index-move.ts';
import { rewrapInstance, rewrapTenant } from './key-wrapping.repository.ts';
import { enforceInstanceKeys, enforceTenantKeys } from './new-key.repository.ts';
import { resealSome, SEALED_COLUMNS } from './resealing.repository.ts';

/** The dependencies of rotating keys. */
export interface RotationDeps extends IndexMoveDeps {
  readonly ring: KeyRing;
}

/** The results of one turn. */
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
