import { setTimeout as pause } from 'node:timers/promises';
import { startLoop, type Loop } from '../platform/index.ts';
import { dispatch, type ConductDeps } from './dispatcher.ts';
import { linkWaiting } from '../people/index.ts';
import { Reconciler } from './reconciler.ts';
import type { SealKeeper } from './seal.ts';
import { DatabaseSession, type LoopRole } from './session.ts';
import { wake } from './waker.ts';

const EACH_SECOND = 1_000;
const HALF_A_SECOND = 500;
const SEAL_EVERY_MS = 10_000;

export interface ConductorOptions {
  readonly databaseUrl: string;
  readonly keeper: SealKeeper;
  /** Matches receipts with messages and completes replies; true when more waits. */
  readonly inbox: () => Promise<boolean>;
  /** Delivers events to the tenants' own systems. */
  readonly webhooks: () => Promise<boolean>;
  /** Does the due upkeep. */
  readonly housekeeping: () => Promise<void>;
  /** True when the roles are left to another, faster worker. */
  readonly isBack?: () => boolean;
  /** Reads the law clock from the database. */
  readonly adoptClock: () => Promise<void>;
}

/** The loops that connect PostgreSQL to Temporal: each runs in one process of the instance. */
export class Conductor {
  readonly #session: DatabaseSession;
  readonly #loops: readonly Loop[];

  constructor(deps: ConductDeps, options: ConductorOptions) {
    const { databaseUrl, keeper, inbox, webhooks, housekeeping, adoptClock } = options;
    const { log } = deps;
    const reconciler = new Reconciler(deps);
    const alone = (role: LoopRole, everyMs: number, work: () => Promise<boolean>): Loop =>
      startLoop({ name: role, everyMs, mayRun: () => this.#plays(role, options), work, log });
    const sealing = startLoop({
      name: 'seal',
      everyMs: SEAL_EVERY_MS,
      work: () => beatUntilSure(keeper),
      log,
    });
    this.#session = new DatabaseSession(
      { url: databaseUrl, name: 'bonheure conductor' },
      {
        connected: () => {
          sealing.poke();
          return Promise.resolve();
        },
        lost: () => {
          keeper.mistrust();
        },
        notified: (word) => {
          (word === 'clock' ? scheduler : dispatcher).poke();
        },
      },
    );
    const dispatcher = alone('dispatcher', EACH_SECOND, () => dispatch(deps));
    const scheduler = alone('scheduler', EACH_SECOND, async () => {
      await adoptClock();
      await wake(deps);
      return false;
    });
    this.#loops = [
      sealing,
      dispatcher,
      scheduler,
      alone('reconciler', 2 * EACH_SECOND, () => reconciler.reconcile().then(nothingMore)),
      alone('linker', EACH_SECOND, () => linkWaiting(deps.database)),
      alone('inbox', HALF_A_SECOND, inbox),
      alone('webhookDispatcher', HALF_A_SECOND, webhooks),
      alone('housekeeper', EACH_SECOND, () => housekeeping().then(nothingMore)),
    ];
  }

  async #plays(role: LoopRole, { isBack }: ConductorOptions): Promise<boolean> {
    if (isBack?.() !== true) return this.#session.plays(role);
    await this.#session.giveBack();
    return false;
  }

  /** Resolves once each loop has ended its turn; the roles are then free for another process. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await this.#session.close();
  }
}

/** Nothing is sent while the seal is in doubt: the next beat comes sooner then. */
async function beatUntilSure(keeper: SealKeeper): Promise<boolean> {
  await keeper.beat();
  if (keeper.doubt() === undefined) return false;
  await pause(EACH_SECOND);
  return true;
}

const nothingMore = (): boolean => false;
