import type { Registry } from 'prom-client';
import {
  instant,
  readHousekeeping,
  readFigures,
  type FiguredProcess,
  type ProcessFigures,
  type Transaction,
} from '../../platform/index.ts';
import {
  accountSums,
  answerSums,
  inboxSum,
  messageSums,
  workSums,
  webhookSum,
  type MessageSum,
  type WorkSum,
  type AccountSum,
} from '../../operations/index.ts';
import { calendarDaysLeft } from '../../law/index.ts';
import { recentBills, driftOf, isEnough } from '../../sending/index.ts';
import { InstanceGauges, type Value } from './metrics.ts';
import { lookAtParts, type ReadinessChecks, BESIDES, type Looked } from './readiness.ts';
import type { Conducting } from '../../temporal/index.ts';

/** Milliseconds between counts; requests in between get the last one. */
const FRESH_MS = 5_000;
/** Temporal takes eight queries and a count, so that it is asked at Prometheus's usual interval. */
const ASKED_EVERY_MS = 15_000;
/** A count is followed by a pause of so many times its duration, so that it takes a fiftieth of the time at most. */
const REST = 50;
/** Milliseconds that a request for metrics waits for a count; Prometheus gives up after 10 s. */
const PATIENCE_MS = 3_000;

/** The figures of the instance, counted at requests for metrics, and seldom enough to cost little. */
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

  /** Updates the gauges; while the database is away they keep their values. */
  async refresh(): Promise<void> {
    const { clock } = this.#checks;
    if (this.#counting === undefined && clock.monotonic() >= this.#nextAt)
      this.#counting = this.#count().finally(() => {
        this.#counting = undefined;
      });
    const [looked] = await Promise.all([lookAtParts(this.#checks), this.#waited(), this.#conducting()]);
    const age = (clock.monotonic() - this.#countedAt) / 1_000;
    putGate(this.#gauges, looked, this.#counted?.processes ?? []);
    this.#gauges.put('bonheure_figures_age_seconds', age);
    this.#gauges.put('bonheure_law_calendar_days', calendarDaysLeft(clock.now()));
  }

  async #waited(): Promise<void> {
    const late = new Promise<void>((over) => {
      setTimeout(over, PATIENCE_MS).unref();
    });
    await Promise.race([this.#counting, late]);
  }

  /** Asks Temporal about its queues; while it does not answer they are unknown, and readiness says so. */
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
      const counted = await database.outside((tx) => countsIn(tx, law, machine));
      this.#counted = counted;
      this.#countedAt = clock.monotonic();
      this.#put(counted);
    } catch {
      // A metric has the age of the figures, and readiness says why they are old.
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

const countsIn = async (tx: Transaction, law: string, machine: string) => ({
  messages: await messageSums(tx),
  work: await workSums(tx, law, machine),
  accounts: await accountSums(tx),
  answers: await answerSums(tx),
  bills: await recentBills(tx),
  inbox: await inboxSum(tx, machine),
  webhooks: await webhookSum(tx),
  processes: await readFigures(tx, machine),
  housekeeping: await readHousekeeping(tx),
});

type InstanceCounts = Awaited<ReturnType<typeof countsIn>>;

const OUTCOMES = ['delivered', 'retried', 'failed'] as const;

function putWebhooks(gauges: InstanceGauges, webhooks: InstanceCounts['webhooks']): void {
  if (webhooks === undefined) return;
  gauges.put(
    'bonheure_webhook_deliveries_total',
    OUTCOMES.map((outcome) => ({ labels: { outcome }, value: webhooks[outcome] })),
  );
  gauges.put('bonheure_webhook_deliveries_pending', webhooks.pending);
  gauges.put('bonheure_webhook_endpoints_failing', webhooks.failing);
}

/** Sets the gauges of the gate: whether a lawful message could be sent, or the cause why not. */
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
  // The cause `worker`: none runs, or the gate of each is closed by its clock, or by a seal that is not compared yet.
  const all = [...causes, { labels: { cause: 'worker' }, value: open ? 0 : 1 }];
  gauges.put('bonheure_gate_closed', all);
  gauges.put('bonheure_gate_open', all.some(({ value }) => value === 1) ? 0 : 1);
  // These processes can keep opt-outs in the database alone.
  gauges.put(
    'bonheure_journals_unwritable',
    processes.filter(({ figures }) => figures.journalFails === true).length,
  );
}

/** Sets the gauges of the differences between operators' counts and ours; accounts that report too little have none. */
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

const TAKEN = new Set(['accepted', 'delivered', 'undelivered']);
const NOT_SENT_YET = new Set(['ready', 'submitting']);
/** The form of our own reasons; an operator's own code could be anything. */
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
const CLASSES = ['stop', 'order', 'change', 'start'];

function putMessages(
  gauges: InstanceGauges,
  { messages, accounts }: Pick<InstanceCounts, 'messages' | 'accounts'>,
): void {
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const named = messages.map((sum) => ({ ...sum, account: names.get(sum.accountId) ?? 'unknown' }));
  gauges.put(
    'bonheure_messages',
    named.map(({ account, purpose, state, reason, messages: value }) => ({
      labels: { account, purpose, state, reason: reasonOf(state, reason) },
      value,
    })),
  );
  gauges.put(
    'bonheure_messages_accepted_total',
    named
      .filter(({ state }) => TAKEN.has(state))
      .map(({ account, purpose, messages: value }) => ({ labels: { account, purpose }, value })),
  );
  gauges.put(
    'bonheure_messages_waiting',
    messages.filter(({ state }) => NOT_SENT_YET.has(state)).map(waiting),
  );
  gauges.put('bonheure_messages_uncertain', [
    ...accounts.map(({ name }) => ({ labels: { account: name }, value: 0 })),
    ...named
      .filter(({ state }) => state === 'uncertain')
      .map(({ account, messages: value }) => ({ labels: { account }, value })),
  ]);
}

const waiting = ({ waiting: code, territory, messages: value }: MessageSum): Value => ({
  labels: { reason: code ?? 'NOTHING', territory },
  value,
});

/** Returns the label of a reason; an operator's own code is left out, since it is only shown with its message. */
function reasonOf(state: string, reason: string | null): string {
  if (reason === null || state === 'undelivered') return '';
  return CODE.test(reason) ? reason : 'OTHER';
}

const OF_ACCOUNT = [
  ['bonheure_account_rate_limit', ({ limit }) => limit],
  ['bonheure_account_rate_granted', ({ granted }) => granted],
  ['bonheure_account_rate_wanted', ({ wanted }) => wanted],
  ['bonheure_account_halted', ({ halted }) => (halted ? 1 : 0)],
  ['bonheure_account_credit', ({ credit }) => credit],
  ['bonheure_account_up', ({ up }) => (up ? 1 : 0)],
  ['bonheure_account_last_receipt_timestamp_seconds', ({ receiptAt }) => receiptAt],
  ['bonheure_account_receipts_lost', ({ receiptsLost }) => receiptsLost],
  ['bonheure_account_last_stop_timestamp_seconds', ({ stopAt }) => stopAt],
] as const satisfies readonly (readonly [string, (account: AccountSum) => number | null])[];

/** Sets the gauges of accounts, such as their rates and the time of the last call. */
function putAccounts(gauges: InstanceGauges, accounts: InstanceCounts['accounts']): void {
  for (const [name, of] of OF_ACCOUNT)
    gauges.put(
      name,
      accounts.flatMap((account) => {
        const value = of(account);
        return value === null ? [] : [{ labels: { account: account.name }, value }];
      }),
    );
}

function putAnswers(
  gauges: InstanceGauges,
  { accounts, answers }: Pick<InstanceCounts, 'accounts' | 'answers'>,
): void {
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const countsOf = (of: (answer: (typeof answers)[number]) => number): Value[] =>
    answers.map((answer) => ({
      labels: {
        account: names.get(answer.accountId) ?? 'unknown',
        outcome: answer.outcome,
        reason: answer.reason,
      },
      value: of(answer),
    }));
  gauges.put(
    'bonheure_submissions_total',
    countsOf(({ calls }) => calls),
  );
  gauges.put(
    'bonheure_submitted_messages_total',
    countsOf(({ messages }) => messages),
  );
  gauges.put(
    'bonheure_submission_seconds_total',
    countsOf(({ seconds }) => seconds),
  );
}

function putWork(gauges: InstanceGauges, work: readonly WorkSum[]): void {
  const named = work.map((sum) =>
    sum.what === 'intent' ? { ...sum, kind: CLASSES[Number(sum.kind)] ?? sum.kind } : sum,
  );
  const put = (
    what: WorkSum['what'],
    { label, always = [], of = ({ count }) => count }: WorkLabel,
  ): Value[] => [
    ...always.map((kind) => ({ labels: { [label]: kind }, value: 0 })),
    ...named
      .filter((sum) => sum.what === what)
      .map((sum) => ({ labels: { [label]: sum.kind }, value: of(sum) })),
  ];
  const [due, intent, link] = [
    { label: 'kind', always: ['series', 'campaign', 'shard'] },
    { label: 'class', always: CLASSES },
    { label: 'chain', always: ['consent', 'audit'] },
  ] as const;
  gauges.put('bonheure_campaigns', put('campaign', { label: 'status', always: ['running', 'parked'] }));
  gauges.put('bonheure_campaigns_parked', put('parked', { label: 'reason' }));
  gauges.put('bonheure_campaigns_late', named.find(({ what }) => what === 'late')?.count ?? 0);
  gauges.put('bonheure_tenants', put('tenant', { label: 'state', always: ['open', 'halted'] }));
  gauges.put('bonheure_imports', put('import', { label: 'state', always: ['reading'] }));
  gauges.put(
    'bonheure_import_rows_total',
    put('row', { label: 'outcome', always: ['accepted', 'rejected'] }),
  );
  gauges.put('bonheure_imports_unread_seconds', put('unread', { label: 'kind', of: age }));
  gauges.put('bonheure_work_due', put('due', due));
  gauges.put('bonheure_work_due_oldest_seconds', put('due', { ...due, of: age }));
  gauges.put('bonheure_outbox_intents', put('intent', intent));
  gauges.put('bonheure_outbox_oldest_seconds', put('intent', { ...intent, of: age }));
  gauges.put('bonheure_chain_links_waiting', put('link', link));
  gauges.put('bonheure_chain_oldest_seconds', put('link', { ...link, of: age }));
}

const age = ({ oldestSeconds }: WorkSum): number => Math.max(0, oldestSeconds ?? 0);

interface WorkLabel {
  readonly label: string;
  /** Labels that are reported even while their count is zero. */
  readonly always?: readonly string[];
  readonly of?: (sum: WorkSum) => number;
}

/** Sets the gauges of inbound calls that are not understood yet, and of the law clock. */
function putInbox(gauges: InstanceGauges, inbox: InstanceCounts['inbox']): void {
  if (inbox === undefined) return;
  gauges.put('bonheure_receipts_unmatched', inbox.receipts);
  gauges.put('bonheure_receipts_oldest_seconds', Math.max(0, inbox.oldestReceiptSeconds));
  gauges.put('bonheure_inbound_unsettled', inbox.replies);
  gauges.put('bonheure_inbound_unreadable', inbox.unreadable);
  gauges.put('bonheure_law_clock_offset_seconds', inbox.clockOffsetSeconds);
}

/** Sets the gauges of processes: the worst values of each kind, and the sums of their connections. */
function putProcesses(gauges: InstanceGauges, processes: readonly FiguredProcess[]): void {
  const kinds = ['api', 'public', 'worker'] as const;
  const of = (kind: string): ProcessFigures[] =>
    processes.filter((one) => one.kind === kind).map(({ figures }) => figures);
  const worst = (figure: (figures: ProcessFigures) => number): Value[] =>
    kinds.map((kind) => ({ labels: { kind }, value: Math.max(0, ...of(kind).map(figure)) }));
  gauges.put(
    'bonheure_processes',
    kinds.map((kind) => ({ labels: { kind }, value: of(kind).length })),
  );
  gauges.put(
    'bonheure_process_resident_bytes',
    worst(({ residentBytes }) => residentBytes),
  );
  gauges.put(
    'bonheure_process_heap_bytes',
    worst(({ heapBytes }) => heapBytes),
  );
  gauges.put(
    'bonheure_process_loop_delay_seconds',
    worst(({ loopDelaySeconds }) => loopDelaySeconds),
  );
  gauges.put(
    'bonheure_database_connections',
    kinds.flatMap((kind) =>
      (['busy', 'idle', 'waiting'] as const).map((state) => ({
        labels: { kind, state },
        value: of(kind).reduce((sum, { connections }) => sum + connections[state], 0),
      })),
    ),
  );
}

function putHousekeeping(gauges: InstanceGauges, housekeeping: InstanceCounts['housekeeping']): void {
  if (housekeeping === undefined) return;
  gauges.put('bonheure_tally_differences', housekeeping.tallyDifferences);
  gauges.put('bonheure_stray_messages', housekeeping.strayMessages ? 1 : 0);
  gauges.put('bonheure_key_rotation_open', housekeeping.rotationOpen ? 1 : 0);
  gauges.put('bonheure_key_rows_resealed_total', housekeeping.rowsResealed);
  gauges.put('bonheure_reinstatements_last_hour', housekeeping.returnsLastHour);
  gauges.put('bonheure_attempts_outside_window_total', housekeeping.attemptsOutside);
  gauges.put('bonheure_retention_age_seconds', housekeeping.retentionAgeSeconds);
  gauges.put('bonheure_leavings_late_last_day', housekeeping.lateOptOutsLastDay);
}

/** Sets the gauges of what Temporal knows about workers; they are empty while it does not answer. */
function putConducting(gauges: InstanceGauges, conducting: Conducting | undefined): void {
  const queues = conducting?.queues ?? [];
  gauges.put(
    'bonheure_workflows_in_trouble',
    conducting === undefined ? [] : [{ value: conducting.inTrouble }],
  );
  gauges.put(
    'bonheure_queue_backlog',
    queues.map(({ queue, backlog: value }) => ({ labels: { queue }, value })),
  );
  gauges.put(
    'bonheure_queue_pollers',
    queues.map(({ queue, pollers: value }) => ({ labels: { queue }, value })),
  );
}
