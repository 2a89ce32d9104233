import type { Registry } from 'prom-client';
import { instant, readHousekeeping, readFigures, type FiguredProcess } from '../../platform/index.ts';
import {
  accountSums,
  answerSums,
  inboxSum,
  messageSums,
  workSums,
  webhookSum,
  type WebhookSum,
} from '../../operations/index.ts';
import { calendarDaysLeft } from '../../law/index.ts';
import { recentBills, driftOf, isEnough } from '../../sending/index.ts';
import { InstanceGauges, type InstanceCounts } from './metrics.ts';
import {
  putAccounts,
  putAnswers,
  putConducting,
  putHousekeeping,
  putInbox,
  putMessages,
  putProcesses,
  putWork,
} from './ledger-figures.ts';
import { lookAtParts, type ReadinessChecks, BESIDES, type Looked } from './readiness.ts';

/** More frequent requests get the last count. */
const FRESH_MS = 5_000;
/** Eight queries and a count, at Prometheus's interval. */
const ASKED_EVERY_MS = 15_000;
/** A large ledger is counted for a fiftieth of the time at most. */
const REST = 50;
/** Prometheus gives up after 10 s. */
const PATIENCE_MS = 3_000;

/** The figures of the instance, counted on request and seldom enough to cost nothing. */
export class InstanceFigures {
  readonly #checks: ReadinessChecks;
  readonly #gauges: InstanceGauges;
  #counted: InstanceCounts | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;
  #nextAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(checks: ReadinessChecks, registry: Registry) {
    this.#checks = checks;
    this.#gauges = new InstanceGauges(registry);
  }

  /** Updates the gauges; without a database they keep their last values. */
  async refresh(): Promise<void> {
    const { clock } = this.#checks;
    if (this.#counting === undefined && clock.monotonic() >= this.#nextAt)
      this.#counting = this.#count().finally(() => {
        this.#counting = undefined;
      });
    const [looked] = await Promise.all([lookAtParts(this.#checks), this.#waited(), this.#conducting()]);
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

  /** While Temporal does not answer its queues are unknown, and readiness says so. */
  async #conducting(): Promise<void> {
    const { clock, conducting } = this.#checks;
    if (conducting === undefined || clock.monotonic() < this.#askedAt + ASKED_EVERY_MS) return;
    this.#askedAt = clock.monotonic();
    putConducting(this.#gauges, await conducting().catch(() => undefined));
  }

  async #count(): Promise<void> {
    const { clock, database } = this.#checks;
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
        housekeeping: await readHousekeeping(tx),
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

  #put(counted: InstanceCounts): void {
    putMessages(this.#gauges, counted);
    putAccounts(this.#gauges, counted.accounts);
    putAnswers(this.#gauges, counted);
    putDrifts(this.#gauges, counted.bills);
    putWork(this.#gauges, counted.work);
    putInbox(this.#gauges, counted.inbox);
    putWebhooks(this.#gauges, counted.webhooks);
    putProcesses(this.#gauges, counted.processes);
    putHousekeeping(this.#gauges, counted.housekeeping);
  }
}

const OUTCOMES = ['delivered', 'retried', 'failed'] as const;

/** Sets the gauges of webhooks: delivered and owed. */
function putWebhooks(gauges: InstanceGauges, webhooks: WebhookSum | undefined): void {
  if (webhooks === undefined) return;
  gauges.put(
    'bonheure_webhook_deliveries_total',
    OUTCOMES.map((outcome) => ({ labels: { outcome }, value: webhooks[outcome] })),
  );
  gauges.put('bonheure_webhook_deliveries_pending', [{ value: webhooks.pending }]);
  gauges.put('bonheure_webhook_endpoints_failing', [{ value: webhooks.failing }]);
}

/** Sets whether a lawful message could be sent, and otherwise the cause. */
function putGate(
  gauges: InstanceGauges,
  { parts, shut }: Looked,
  processes: readonly FiguredProcess[],
): void {
  gauges.put(
    'bonheure_ready',
    Object.entries(parts).map(([part, state]) => ({ labels: { part }, value: state === 'ok' ? 1 : 0 })),
  );
  const causes = Object.keys(parts)
    .filter((part) => !BESIDES.has(part))
    .map((cause) => ({ labels: { cause }, value: shut.has(cause) ? 1 : 0 }));
  const workers = processes.filter(({ kind }) => kind === 'worker');
  const open = workers.some(({ figures }) => figures.gateOpen === true);
  // No worker runs, or each of them holds its own gate shut: its clock, or a seal not compared yet.
  const all = [...causes, { labels: { cause: 'worker' }, value: open ? 0 : 1 }];
  gauges.put('bonheure_gate_closed', all);
  gauges.put('bonheure_gate_open', [{ value: all.some(({ value }) => value === 1) ? 0 : 1 }]);
  // A process of this kind keeps opt-outs by the database alone.
  const unwritable = processes.filter(({ figures }) => figures.journalFails === true).length;
  gauges.put('bonheure_journals_unwritable', [{ value: unwritable }]);
}

/** Sets the differences between operators' counts and ours; none for one that reports nothing, or too little. */
function putDrifts(gauges: InstanceGauges, bills: InstanceCounts['bills']): void {
  gauges.put(
    'bonheure_account_drift_ratio',
    bills.flatMap((bill) => {
      const { parts, cost } = driftOf(bill);
      return [
        { of: 'parts', value: parts },
        { of: 'cost', value: cost },
      ].flatMap(({ of, value }) =>
        value === null || !isEnough(bill) ? [] : [{ labels: { account: bill.name, of }, value }],
      );
    }),
  );
}
