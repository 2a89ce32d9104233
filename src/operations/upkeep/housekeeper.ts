import {
  instant,
  type Clock,
  type Database,
  noteHousekeeping,
  type TenantKeys,
  faultOf,
  type Log,
} from '../../platform/index.ts';
import { watchStopPaths } from '../../campaigns/index.ts';
import { type AnchorDeps, watchLateOptOuts, watchReturns, anchorEveryTenant } from '../../people/index.ts';
import {
  watchAttempts,
  foldKeptSizes,
  hasStrayMessages,
  makePartitions,
  Recounting,
} from '../../sending/index.ts';
import { upkeep } from './upkeep.ts';

const MOMENT_MS = 5_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MONTHS_AHEAD = 3;

/** The dependencies of housekeeping. */
export interface HousekeeperDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  /** Absent: no authority stamps the heads of chains. */
  readonly anchoring?: AnchorDeps | undefined;
}

/** Repeats the maintenance of the instance itself; it neither sends nor plans. */
export class Housekeeper {
  readonly #deps: HousekeeperDeps;
  readonly #recounting: Recounting;
  readonly #parts: readonly Part[];
  #anchoredAt = Number.NEGATIVE_INFINITY;

  constructor(deps: HousekeeperDeps) {
    this.#deps = deps;
    this.#recounting = new Recounting(deps);
    this.#parts = [
      partOf(MINUTE_MS, () => this.#count()),
      partOf(MINUTE_MS, () => this.#watchAttempts()),
      partOf(MINUTE_MS, () => this.#anchor()),
      partOf(HOUR_MS, () => this.#makeMonths()),
      partOf(HOUR_MS, () => this.#forget()),
      partOf(HOUR_MS, () => watchStopPaths(deps)),
      partOf(MOMENT_MS, () => this.#recounting.fold()),
      partOf(MOMENT_MS, () => deps.database.outside(foldKeptSizes)),
    ];
  }

  /**
   * Does due work: accounts are folded each moment and counted each minute, the rest each hour. A failing part is
   * retried at the next turn and stops no other one; its failure is thrown at the end.
   */
  async turn(): Promise<void> {
    const now = this.#deps.clock.monotonic();
    const failures: unknown[] = [];
    for (const part of this.#parts) {
      if (now - part.doneAt < part.everyMs) continue;
      try {
        await part.work();
        part.doneAt = now;
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #count(): Promise<void> {
    const { database, log } = this.#deps;
    const tallyDifferences = await this.#recounting.turn();
    const strayMessages = await database.outside(hasStrayMessages);
    if (strayMessages) log.error('messages are in the default partition: a month was made too late');
    const returnsLastHour = await watchReturns(this.#deps);
    const lateOptOutsLastDay = await watchLateOptOuts(this.#deps);
    await database.outside((tx) =>
      noteHousekeeping(tx, { tallyDifferences, strayMessages, returnsLastHour, lateOptOutsLastDay }),
    );
  }

  /** Looks for violations that must never happen. */
  async #watchAttempts(): Promise<void> {
    const { database, clock, log } = this.#deps;
    const outside = await database.outside((tx) => watchAttempts(tx, instant(clock.machine()).toISO()));
    if (outside > 0) log.error({ outside }, 'calls to operators began outside their decision');
  }

  /** An authority that is away is asked again at the next minute; nothing else waits for it. */
  async #anchor(): Promise<void> {
    const { anchoring, clock, log } = this.#deps;
    const now = clock.monotonic();
    if (anchoring === undefined || now - this.#anchoredAt < HOUR_MS) return;
    try {
      const anchored = await anchorEveryTenant(anchoring, log);
      this.#anchoredAt = now;
      if (anchored > 0) log.info({ anchored }, 'heads of chains are time-stamped');
    } catch (cause) {
      log.warn({ fault: faultOf(cause) }, 'heads of chains are not time-stamped; it is tried again');
    }
  }

  async #makeMonths(): Promise<void> {
    const { database, clock, log } = this.#deps;
    const at = instant(clock.machine()).toISO();
    const partitions = await database.outside((tx) => makePartitions(tx, at, MONTHS_AHEAD));
    if (partitions > 0) log.info({ partitions }, 'partitions of months ahead are made');
  }

  async #forget(): Promise<void> {
    this.#deps.log.info({ ...(await upkeep(this.#deps)) }, 'housekeeping is done');
  }
}

/** One repeated task. */
interface Part {
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  doneAt: number;
}

const partOf = (everyMs: number, work: Part['work']): Part => ({
  everyMs,
  work,
  doneAt: Number.NEGATIVE_INFINITY,
});
