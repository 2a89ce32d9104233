import type { Registry } from 'prom-client';
import { instant, readHousekeeping, readFigures } from '../../platform/index.ts';
import {
  accountSums,
  answerSums,
  inboxSum,
  messageSums,
  workSums,
  webhookSum,
} from '../../operations/index.ts';
import { calendarDaysLeft } from '../../law/index.ts';
import { recentBills } from '../../sending/index.ts';
import type { Counted } from './counted.ts';
import { putDrifts } from './drift-figures.ts';
import { putGate } from './gate-figures.ts';
import { InstanceGauges } from './instance-gauges.ts';
import {
  putAccounts,
  putAnswers,
  putConducting,
  putHouse,
  putInbox,
  putMessages,
  putProcesses,
  putWork,
} from './ledger-figures.ts';
import { putWebhooks } from './webhook-figures.ts';
import { lookAtParts, type Premises } from './readiness.ts';

/** Whoever asks more often is told what was counted last. */
const FRESH_MS = 5_000;
/** Eight questions and a count, for whoever asks Prometheus. */
const ASKED_EVERY_MS = 15_000;
/** A large ledger is counted for a fiftieth of the time at most. */
const REST = 50;
/** Prometheus gives up after 10 s. */
const PATIENCE_MS = 3_000;

/** The figures of the instance, counted when somebody asks and seldom enough to cost nothing. */
export class InstanceFigures {
  readonly #premises: Premises;
  readonly #gauges: InstanceGauges;
  #counted: Counted | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;
  #nextAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(premises: Premises, registry: Registry) {
    this.#premises = premises;
    this.#gauges = new InstanceGauges(registry);
  }

  /** Brings the gauges up to date; without a database they keep what was last known. */
  async refresh(): Promise<void> {
    const { clock } = this.#premises;
    if (this.#counting === undefined && clock.monotonic() >= this.#nextAt)
      this.#counting = this.#count().finally(() => {
        this.#counting = undefined;
      });
    const [looked] = await Promise.all([lookAtParts(this.#premises), this.#waited(), this.#conducting()]);
    const age = (clock.monotonic() - this.#countedAt) / 1_000;
    putGate(this.#gauges, looked, this.#counted?.processes ?? []);
    this.#gauges.put('bonheure_figures_age_seconds', [{ value: age }]);
    this.#gauges.put('bonheure_law_calendar_days', [{ value: calendarDaysLeft(clock.now()) }]);
  }

  async #waited(): Promise<void> {
    const late = new Promise<void>((over) => {
      setTimeout(over, PATIENCE_MS).unref();
    });
    await Promise.race([this.#counting, late]);
  }

  /** While Temporal does not answer nothing is known of its queues, and readiness says so. */
  async #conducting(): Promise<void> {
    const { clock, conducting } = this.#premises;
    if (conducting === undefined || clock.monotonic() < this.#askedAt + ASKED_EVERY_MS) return;
    this.#askedAt = clock.monotonic();
    putConducting(this.#gauges, await conducting().catch(() => undefined));
  }

  async #count(): Promise<void> {
    const { clock, database } = this.#premises;
    const began = clock.monotonic();
    const law = clock.now().toISO();
    const machine = instant(clock.machine()).toISO();
    try {
      const counted = await database.outside(async (tx) => ({
        messages: await messageSums(tx),
        work: await workSums(tx, law, machine),
        accounts: await accountSums(tx),
        answers: await answerSums(tx),
        bills: await recentBills(tx),
        inbox: await inboxSum(tx, machine),
        webhooks: await webhookSum(tx),
        processes: await readFigures(tx, machine),
        house: await readHousekeeping(tx),
      }));
      this.#counted = counted;
      this.#countedAt = clock.monotonic();
      this.#put(counted);
    } catch {
      // The age of the figures says that they are old, and readiness says why.
    } finally {
      const took = clock.monotonic() - began;
      this.#nextAt = clock.monotonic() + Math.max(FRESH_MS, took * REST);
    }
  }

  #put(counted: Counted): void {
    putMessages(this.#gauges, counted);
    putAccounts(this.#gauges, counted.accounts);
    putAnswers(this.#gauges, counted);
    putDrifts(this.#gauges, counted.bills);
    putWork(this.#gauges, counted.work);
    putInbox(this.#gauges, counted.inbox);
    putWebhooks(this.#gauges, counted.webhooks);
    putProcesses(this.#gauges, counted.processes);
    putHouse(this.#gauges, counted.house);
  }
}
