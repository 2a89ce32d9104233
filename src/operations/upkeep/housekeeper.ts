import { Duration } from 'luxon';
import { watchStopPaths } from '../../campaigns/index.ts';
import { everyTenant, forgetKeysBefore } from '../../company/index.ts';
import { LOG_KEPT, TEXT_KEPT } from '../../law/index.ts';
import { frenchDay } from '../../rule/index.ts';
import {
  watchLateOptOuts,
  watchReturns,
  anchorEveryTenant,
  forgetAnswers,
  forgetRejected,
  sweepSilentUploads,
  type AnchorDeps,
} from '../../people/index.ts';
import {
  instant,
  noteHousekeeping,
  faultOf,
  type Clock,
  type Database,
  type Log,
  type Transaction,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  watchAttempts,
  foldKeptSizes,
  hasStrayMessages,
  makePartitions,
  Recounting,
  dropMonths,
  forgetInbound,
  forgetReceipts,
} from '../../sending/index.ts';

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
  readonly #parts: readonly ReturnType<typeof partOf>[];
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

/** Makes a repeated task. */
const partOf = (everyMs: number, work: () => Promise<unknown>) => ({
  everyMs,
  work,
  doneAt: Number.NEGATIVE_INFINITY,
});

/** Days for which rejected rows are kept, for whoever repairs the file. */
const REJECTED_KEPT_DAYS = 30;

/** Codes are counted for a day; a ticket lives two hours. */
const ANSWERS_KEPT_DAYS = 2;
const KEYS_KEPT_MS = 24 * 3_600_000;

/** The rest waits for the next round: no tenant delays the others. */
const MOST_PAGES = 20;

/** Removes, in every tenant, data past its retention; a failure in one tenant stops no other one. */
async function upkeep(deps: HousekeeperDeps) {
  let forgotten = { rejectedRows: 0, uploads: 0, keys: 0, answers: 0 };
  const failures: unknown[] = [];
  for await (const tenantId of everyTenant((work) => deps.database.outside(work))) {
    const [outcome] = await Promise.allSettled([upkeepOf(deps, tenantId)]);
    if (outcome.status === 'rejected') {
      failures.push(outcome.reason);
      continue;
    }
    const { rejectedRows, uploads, keys, answers } = outcome.value;
    forgotten = {
      rejectedRows: forgotten.rejectedRows + rejectedRows,
      uploads: forgotten.uploads + uploads,
      keys: forgotten.keys + keys,
      answers: forgotten.answers + answers,
    };
  }
  if (failures.length > 0) throw failures[0];
  return forgotten;
}

async function upkeepOf({ database, clock, keysOf }: HousekeeperDeps, tenantId: string) {
  const rejectedBefore = clock.now().minus({ days: REJECTED_KEPT_DAYS }).toISO();
  const answersBefore = clock.now().minus({ days: ANSWERS_KEPT_DAYS }).toISO();
  const keysBefore = instant(clock.machine() - KEYS_KEPT_MS).toISO();
  return {
    rejectedRows: await paged(() =>
      database.withTenant(tenantId, (tx) => forgetRejected(tx, rejectedBefore)),
    ),
    uploads: await sweepSilentUploads({ database, clock, keys: await keysOf(tenantId) }),
    keys: await paged(() => database.withTenant(tenantId, (tx) => forgetKeysBefore(tx, keysBefore))),
    /** Of forms: submissions and codes that nothing waits for any more. */
    answers: await paged(() => database.withTenant(tenantId, (tx) => forgetAnswers(tx, answersBefore))),
  };
}

/** Removes page after page, each in a transaction of its own, until one is empty. */
async function paged(forget: () => Promise<number>, most = MOST_PAGES): Promise<number> {
  let sum = 0;
  for (let page = 0; page < most; page += 1) {
    const gone = await forget();
    sum += gone;
    if (gone === 0) break;
  }
  return sum;
}

const MOST_OF_INSTANCE = 200;

/** Removes what the instance keeps no longer: calls of operators, people's messages that had their effect, old months. */
export async function cleanInstance(about: {
  readonly database: Database;
  readonly clock: Clock;
  /** Removes the calls of trials at operators that ended before an instant of the machine clock. */
  readonly forgetTrialCalls: (tx: Transaction, at: string) => Promise<unknown>;
}): Promise<void> {
  const { database, clock, forgetTrialCalls } = about;
  const inbox = Duration.fromISO(TEXT_KEPT.on(frenchDay(clock.now())));
  const machine = instant(clock.machine());
  const outside = (work: (tx: Transaction) => Promise<number>) =>
    paged(() => database.outside(work), MOST_OF_INSTANCE);
  await database.outside((tx) => forgetTrialCalls(tx, machine.toISO()));
  await outside((tx) => forgetReceipts(tx, machine.minus(inbox).toISO()));
  await outside((tx) => forgetInbound(tx, clock.now().minus(inbox).toISO()));
  const keptSince = clock
    .now()
    .minus(Duration.fromISO(LOG_KEPT.on(frenchDay(clock.now()))))
    .toISO();
  await database.outside((tx) => dropMonths(tx, { machine: machine.toISO(), keptSince }));
}
