import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
/** The metrics of one process; labels are templates, codes and numbers, and never personal data. */
export class Metrics {
  readonly registry = new Registry();
  readonly #duration: Histogram<'method' | 'route' | 'status'>;
  readonly #open: Gauge;
  readonly #stop: Histogram;
  readonly #operatorCalls: Counter<'gateway' | 'outcome'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#duration = new Histogram({
      name: 'bonheure_http_request_seconds',
      help: 'Time to answer a request, by route template and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#open = new Gauge({
      name: 'bonheure_http_requests_open',
      help: 'Requests being answered now.',
      registers,
    });
    this.#operatorCalls = new Counter({
      name: 'bonheure_inbound_calls_total',
      help: 'Authentic calls of operators over HTTP: new, repeated, or kept because part of them was unreadable.',
      labelNames: ['gateway', 'outcome'],
      registers,
    });
    this.#stop = new Histogram({
      name: 'bonheure_stop_effect_seconds',
      help: 'Time from the reception of a reply to the commit that makes its opt-out effective.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 5, 60, 600],
      registers,
    });
  }

  opened(count: number): void {
    this.#open.set(count);
  }

  answered(
    labels: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ): void {
    this.#duration.observe(labels, seconds);
  }

  countStop(seconds: number): void {
    this.#stop.observe(seconds);
  }
  countCall(gateway: string, outcome: 'heard' | 'repeated' | 'unread'): void {
    this.#operatorCalls.inc({ gateway, outcome });
  }
}

const PER_ACCOUNT = ['account'];
const ANSWER = ['account', 'outcome', 'reason'];

/** The gauges of the whole instance, which are the same in each of its api processes. */
const gauges = {
  bonheure_ready: ['Whether a part of the instance is well (1) or not (0).', ['part']],
  bonheure_gate_open: ['Whether a lawful message could leave now.', []],
  bonheure_gate_closed: ['Whether this holds the gate shut.', ['cause']],
  bonheure_journals_unwritable: [
    'Processes whose opt-out journal cannot be written: the database alone keeps who leaves.',
    [],
  ],
  bonheure_law_calendar_days: ['Days until the last year whose public holidays are known ends.', []],
  bonheure_law_clock_offset_seconds: ['How far the law clock is moved (0 in production).', []],
  bonheure_figures_age_seconds: ['How long ago the ledger was last counted.', []],
  bonheure_messages: [
    'Messages of the ledger, by what they are now.',
    ['account', 'purpose', 'state', 'reason'],
  ],
  bonheure_messages_waiting: ['Messages not sent yet, by what they wait for.', ['reason', 'territory']],
  bonheure_messages_uncertain: ['Messages of unknown outcome.', PER_ACCOUNT],
  bonheure_account_rate_limit: ['Messages a second that an account may send.', PER_ACCOUNT],
  bonheure_account_rate_granted: ['Messages a second handed out to workers now.', PER_ACCOUNT],
  bonheure_account_rate_wanted: ['Messages a second that workers could use now.', PER_ACCOUNT],
  bonheure_account_halted: ['Whether an account is halted for all.', PER_ACCOUNT],
  bonheure_account_credit: ['Remaining credit at an operator, in the currency of the account.', PER_ACCOUNT],
  bonheure_account_up: ['Whether an account was up at the last check.', PER_ACCOUNT],
  bonheure_account_drift_ratio: [
    'Excess of an operator’s count over ours, over the last seven days.',
    ['account', 'of'],
  ],
  bonheure_account_receipts_lost: ['Receipts in a row that found no message.', PER_ACCOUNT],
  bonheure_account_last_receipt_timestamp_seconds: ['When an account last sent a receipt.', PER_ACCOUNT],
  bonheure_account_last_stop_timestamp_seconds: ['When a STOP last came through an account.', PER_ACCOUNT],
  bonheure_campaigns: ['Campaigns, by status.', ['status']],
  bonheure_campaigns_parked: ['Campaigns that wait for a person, by what is wrong.', ['reason']],
  bonheure_campaigns_late: ['Running campaigns that cannot be sent within one window.', []],
  bonheure_tenants: ['Tenants, by whether they are halted.', ['state']],
  bonheure_imports: ['Imports, by state.', ['state']],
  bonheure_imports_unread_seconds: [
    'Age of the oldest unread list of opt-outs; nothing of its tenant is sent meanwhile.',
    ['kind'],
  ],
  bonheure_work_due: ['Rows due by the law clock and not signalled yet.', ['kind']],
  bonheure_work_due_oldest_seconds: ['Delay of the oldest of them.', ['kind']],
  bonheure_outbox_intents: ['Intents that wait for delivery to Temporal.', ['class']],
  bonheure_outbox_oldest_seconds: ['Age of the oldest of them.', ['class']],
  bonheure_receipts_unmatched: ['Receipts that found no message yet.', []],
  bonheure_receipts_oldest_seconds: ['Age of the oldest of them.', []],
  bonheure_inbound_unsettled: ['Replies that are effective and not completed yet.', []],
  bonheure_inbound_unreadable: ['Unreadable calls of operators, kept as they came.', []],
  bonheure_chain_links_waiting: ['Events without a place in their chain yet.', ['chain']],
  bonheure_chain_oldest_seconds: ['Age of the oldest of them.', ['chain']],
  bonheure_tally_differences: ['Batches whose accounts differ from their messages (must be 0).', []],
  bonheure_stray_messages: ['Whether messages are in the default partition (must be 0).', []],
  bonheure_retention_age_seconds: ['Time since retention last went through every tenant.', []],
  bonheure_workflows_in_trouble: ['Running workflows whose code fails again and again.', []],
  bonheure_queue_backlog: ['Tasks that wait in a queue of Temporal.', ['queue']],
  bonheure_queue_pollers: ['Workers that poll that queue.', ['queue']],
  bonheure_reinstatements_last_hour: [
    'People who agreed anew after a STOP within the hour, in the tenant where there were most.',
    [],
  ],
  bonheure_leavings_late_last_day: [
    'Withdrawals of the last day recorded more than 48 hours late, of people who could be written to.',
    [],
  ],
  bonheure_key_rotation_open: ['Whether keys are being rotated (1), rows under older ones included.', []],
  bonheure_webhook_deliveries_pending: ['Events that an endpoint has not taken yet.', []],
  bonheure_webhook_endpoints_failing: ['Endpoints whose last attempt failed.', []],
  bonheure_processes: ['Processes that reported within 20 s.', ['kind']],
  bonheure_process_resident_bytes: ['Memory of the largest process.', ['kind']],
  bonheure_process_heap_bytes: ['Heap in use of the largest process.', ['kind']],
  bonheure_process_loop_delay_seconds: ['Delay of the busiest event loop, 99th percentile.', ['kind']],
  bonheure_database_connections: ['Connections of the pools to PostgreSQL.', ['kind', 'state']],
} as const satisfies Record<`bonheure_${string}`, readonly [string, readonly string[]]>;

const counters = {
  bonheure_messages_accepted_total: ['Messages that operators accepted.', ['account', 'purpose']],
  bonheure_attempts_outside_window_total: ['Calls to operators outside their decision (must be 0).', []],
  bonheure_submissions_total: ['Calls to operators, by answer.', ANSWER],
  bonheure_submitted_messages_total: ['Messages of those calls.', ANSWER],
  bonheure_submission_seconds_total: ['Time spent until those answers came.', ANSWER],
  bonheure_key_rows_resealed_total: ['Rows sealed anew under newer data keys.', []],
  bonheure_webhook_deliveries_total: ['Attempts of webhook deliveries, by outcome.', ['outcome']],
  bonheure_import_rows_total: ['Rows of files read, by outcome.', ['outcome']],
} as const satisfies Record<`bonheure_${string}_total`, readonly [string, readonly string[]]>;

type Name = keyof typeof gauges | keyof typeof counters;

export interface Value {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The figures of the instance in one registry; all values of a figure are replaced together, so that old labels
 * vanish.
 */
export class InstanceGauges {
  readonly #gauges = new Map<Name, Gauge | Counter>();

  constructor(registry: Registry) {
    const registers = [registry];
    // Object.entries loses the type of the keys.
    for (const [name, [help, labelNames]] of Object.entries(gauges))
      this.#gauges.set(name as Name, new Gauge({ name, help, labelNames: [...labelNames], registers }));
    for (const [name, [help, labelNames]] of Object.entries(counters))
      this.#gauges.set(name as Name, new Counter({ name, help, labelNames: [...labelNames], registers }));
  }

  /** Replaces all values of a figure, or its only one; values with the same labels are summed. */
  put(name: Name, values: readonly Value[] | number): void {
    const figure = this.#gauges.get(name);
    figure?.reset();
    const all = typeof values === 'number' ? [{ value: values }] : values;
    for (const { labels = {}, value } of all) figure?.inc({ ...labels }, value);
  }
}
