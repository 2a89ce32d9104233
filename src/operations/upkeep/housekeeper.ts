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

/** What housekeeping needs. */
export interface HousekeeperDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  /** Absent when no authority stamps the heads of chains. */
  readonly anchoring?: AnchorDeps | undefined;
}

/** Repeats the maintenance of an instance; it neither sends nor plans. */
export class Housekeeper {
  readonly #deps: HousekeeperDeps;
  readonly #recounting: Recounting;
  readonly #parts: readonly ReturnType<typeof task>[];
  #anchoredAt = Number.NEGATIVE_INFINITY;

  constructor(deps: HousekeeperDeps) {
    this.#deps = deps;
    this.#recounting = new Recounting(deps);
    this.#parts = [
      task(MINUTE_MS, () => this.#count()),
      task(MINUTE_MS, () => this.#watchAttempts()),
      task(MINUTE_MS, () => this.#anchor()),
      task(HOUR_MS, () => this.#makeMonths()),
      task(HOUR_MS, () => this.#forget()),
      task(HOUR_MS, () => watchStopPaths(deps)),
      task(MOMENT_MS, () => this.#recounting.fold()),
      task(MOMENT_MS, () => deps.database.outside(foldKeptSizes)),
    ];
  }

  /**
   * Does the tasks that are due. One that fails stops no other and is tried again at the next turn; the first failure
   * is thrown at the end.
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

  /** Looks for calls that began outside their decision, which must never happen. */
  async #watchAttempts(): Promise<void> {
    const { database, clock, log } = this.#deps;
    const outside = await database.outside((tx) => watchAttempts(tx, instant(clock.machine()).toISO()));
    if (outside > 0) log.error({ outside }, 'calls to operators began outside their decision');
  }

  /** Has chains time-stamped each hour; when the authority is away it is tried again a minute later. */
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
    this.#deps.log.info({ ...(await forgetOldData(this.#deps)) }, 'housekeeping is done');
  }
}

const task = (everyMs: number, work: () => Promise<unknown>) => ({
  everyMs,
  work,
  doneAt: Number.NEGATIVE_INFINITY,
});

/** Rejected rows are kept so many days, for whoever repairs the file. */
const REJECTED_KEPT_DAYS = 30;

/** Answers to forms are kept longer than needed: codes are counted for a day, a ticket is valid for two hours. */
const ANSWERS_KEPT_DAYS = 2;
const KEYS_KEPT_MS = 24 * 3_600_000;

/** The most pages of one tenant in a round, so that none delays the others. */
const MOST_PAGES = 20;

/** Removes data of every tenant that is not needed any more; a failure in one tenant stops no other. */
async function forgetOldData(deps: HousekeeperDeps) {
  let forgotten = { rejectedRows: 0, uploads: 0, keys: 0, answers: 0 };
  const failures: unknown[] = [];
  for await (const tenantId of everyTenant((work) => deps.database.outside(work))) {
    const [outcome] = await Promise.allSettled([forgetOldDataOf(deps, tenantId)]);
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

async function forgetOldDataOf({ database, clock, keysOf }: HousekeeperDeps, tenantId: string) {
  const rejectedBefore = clock.now().minus({ days: REJECTED_KEPT_DAYS }).toISO();
  const answersBefore = clock.now().minus({ days: ANSWERS_KEPT_DAYS }).toISO();
  const keysBefore = instant(clock.machine() - KEYS_KEPT_MS).toISO();
  return {
    rejectedRows: await untilEmpty(() =>
      database.withTenant(tenantId, (tx) => forgetRejected(tx, rejectedBefore)),
    ),
    uploads: await sweepSilentUploads({ database, clock, keys: await keysOf(tenantId) }),
    keys: await untilEmpty(() => database.withTenant(tenantId, (tx) => forgetKeysBefore(tx, keysBefore))),
    /** Answers to forms and their codes. */
    answers: await untilEmpty(() => database.withTenant(tenantId, (tx) => forgetAnswers(tx, answersBefore))),
  };
}

/** Removes page after page, each in a transaction of its own, until one is empty. */
async function untilEmpty(forget: () => Promise<number>, most = MOST_PAGES): Promise<number> {
  let sum = 0;
  for (let page = 0; page < most; page += 1) {
    const removed = await forget();
    sum += removed;
    if (removed === 0) break;
  }
  return sum;
}

const MOST_OF_INSTANCE = 200;

/** Removes what no tenant owns and is past its retention: calls of operators, inbound messages, old partitions. */
export async function cleanInstance({
  database,
  clock,
  forgetTrialCalls,
}: {
  readonly database: Database;
  readonly clock: Clock;
  /** Removes the calls of trials at operators that ended before an instant of the machine clock. */
  readonly forgetTrialCalls: (tx: Transaction, at: string) => Promise<unknown>;
}): Promise<void> {
  const inbox = Duration.fromISO(TEXT_KEPT.on(frenchDay(clock.now())));
  const machine = instant(clock.machine());
  const outside = (work: (tx: Transaction) => Promise<number>) =>
    untilEmpty(() => database.outside(work), MOST_OF_INSTANCE);
  await database.outside((tx) => forgetTrialCalls(tx, machine.toISO()));
  await outside((tx) => forgetReceipts(tx, machine.minus(inbox).toISO()));
  await outside((tx) => forgetInbound(tx, clock.now().minus(inbox).toISO()));
  const keptSince = clock
    .now()
    .minus(Duration.fromISO(LOG_KEPT.on(frenchDay(clock.now()))))
    .toISO();
  await database.outside((tx) => dropMonths(tx, { machine: machine.toISO(), keptSince }));
}
