import type {
  HousekeepingState,
  HousekeepingWatch,
  RotationState,
  FiguredProcess,
  ProcessFigures,
} from '../../platform/index.ts';
import type { InboxSum, MessageSum, WorkSum } from '../../operations/index.ts';
import type { Conducting } from '../../temporal/index.ts';
import type { InstanceCounts, InstanceGauges, Value } from './metrics.ts';

const TAKEN = new Set(['accepted', 'delivered', 'undelivered']);
const NOT_SENT_YET = new Set(['ready', 'submitting']);
/** Our reasons are words in capitals; an operator's own code could be anything. */
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
const CLASSES = ['stop', 'order', 'change', 'start'];

/** Sets the counts of messages: states, outcomes and waits. */
export function putMessages(
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

/** Hides an operator's own code for a failed delivery: the message has it, the metrics do not. */
function reasonOf(state: string, reason: string | null): string {
  if (reason === null || state === 'undelivered') return '';
  return CODE.test(reason) ? reason : 'OTHER';
}

/** Sets the gauges of accounts: rates, and the time of the last call. */
export function putAccounts(gauges: InstanceGauges, accounts: InstanceCounts['accounts']): void {
  const each = (of: (account: (typeof accounts)[number]) => number | null): Value[] =>
    accounts.flatMap((account) => {
      const value = of(account);
      return value === null ? [] : [{ labels: { account: account.name }, value }];
    });
  gauges.put(
    'bonheure_account_rate_limit',
    each(({ limit }) => limit),
  );
  gauges.put(
    'bonheure_account_rate_granted',
    each(({ granted }) => granted),
  );
  gauges.put(
    'bonheure_account_rate_wanted',
    each(({ wanted }) => wanted),
  );
  gauges.put(
    'bonheure_account_halted',
    each(({ halted }) => (halted ? 1 : 0)),
  );
  gauges.put(
    'bonheure_account_credit',
    each(({ credit }) => credit),
  );
  gauges.put(
    'bonheure_account_up',
    each(({ up }) => (up ? 1 : 0)),
  );
  gauges.put(
    'bonheure_account_last_receipt_timestamp_seconds',
    each(({ receiptAt }) => receiptAt),
  );
  gauges.put(
    'bonheure_account_receipts_lost',
    each(({ receiptsLost }) => receiptsLost),
  );
  gauges.put(
    'bonheure_account_last_stop_timestamp_seconds',
    each(({ stopAt }) => stopAt),
  );
}

/** Sets the counts of operators' answers. */
export function putAnswers(
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

/** Sets the counts of open, late and unsignalled work. */
export function putWork(gauges: InstanceGauges, work: readonly WorkSum[]): void {
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
  gauges.put('bonheure_campaigns_late', [{ value: named.find(({ what }) => what === 'late')?.count ?? 0 }]);
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
  /** Labels reported also while their count is zero. */
  readonly always?: readonly string[];
  readonly of?: (sum: WorkSum) => number;
}

/** Sets the gauges of inbound calls not understood yet, and the clock of the law. */
export function putInbox(gauges: InstanceGauges, inbox: InboxSum | undefined): void {
  if (inbox === undefined) return;
  gauges.put('bonheure_receipts_unmatched', [{ value: inbox.receipts }]);
  gauges.put('bonheure_receipts_oldest_seconds', [{ value: Math.max(0, inbox.oldestReceiptSeconds) }]);
  gauges.put('bonheure_inbound_unsettled', [{ value: inbox.replies }]);
  gauges.put('bonheure_inbound_unreadable', [{ value: inbox.unreadable }]);
  gauges.put('bonheure_law_clock_offset_seconds', [{ value: inbox.clockOffsetSeconds }]);
}

/** Sets the gauges of processes: the worst of each kind, and all of their connections. */
export function putProcesses(gauges: InstanceGauges, processes: readonly FiguredProcess[]): void {
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

/** Sets the findings of the last housekeeping. */
export function putHousekeeping(
  gauges: InstanceGauges,
  housekeeping: (HousekeepingState & RotationState & HousekeepingWatch) | undefined,
): void {
  if (housekeeping === undefined) return;
  gauges.put('bonheure_tally_differences', [{ value: housekeeping.tallyDifferences }]);
  gauges.put('bonheure_stray_messages', [{ value: housekeeping.strayMessages ? 1 : 0 }]);
  gauges.put('bonheure_key_rotation_open', [{ value: housekeeping.rotationOpen ? 1 : 0 }]);
  gauges.put('bonheure_key_rows_resealed_total', [{ value: housekeeping.rowsResealed }]);
  gauges.put('bonheure_reinstatements_last_hour', [{ value: housekeeping.returnsLastHour }]);
  gauges.put('bonheure_attempts_outside_window_total', [{ value: housekeeping.attemptsOutside }]);
  gauges.put('bonheure_retention_age_seconds', [{ value: housekeeping.retentionAgeSeconds }]);
  gauges.put('bonheure_leavings_late_last_day', [{ value: housekeeping.lateOptOutsLastDay }]);
}

/** Sets Temporal's data on the workers; nothing while it does not answer. */
export function putConducting(gauges: InstanceGauges, conducting: Conducting | undefined): void {
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
