import type { DateTime } from 'luxon';
import {
  col,
  computedRows,
  rowsOf,
  type Database,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';

const messageSumRows = computedRows({
  accountId: col.text(),
  purpose: col.text(),
  state: col.text(),
  reason: col.text().orNull(),
  territory: col.text(),
  /** The code of what their batch waits for. */
  waiting: col.text().orNull(),
  messages: col.number(),
});

/** How many messages of one kind there are in the whole instance. */
export type MessageSum = RowOf<typeof messageSumRows>;

/** Counts the messages of all batches by state, and those that are not sent by what they wait for. */
export const messageSums = (tx: Transaction): Promise<MessageSum[]> =>
  tx.rows(messageSumRows.sql`
    SELECT account_id AS "accountId", purpose, state, reason, territory, waiting, messages::float8 AS messages FROM message_sums()`);

const workSumRows = computedRows({
  what: col.text<
    'campaign' | 'parked' | 'intent' | 'link' | 'tenant' | 'import' | 'row' | 'due' | 'unread' | 'late'
  >(),
  kind: col.text(),
  count: col.number(),
  oldestSeconds: col.number().orNull(),
});

/** A count of work of one kind, with the age of the oldest where that matters. */
export type WorkSum = RowOf<typeof workSumRows>;

/** Counts open, late and waiting work at an ISO instant of both clocks: the law clock decides what is due, the machine clock how long something waits. */
export const workSums = (tx: Transaction, law: string, machine: string): Promise<WorkSum[]> =>
  tx.rows(workSumRows.sql`
    SELECT what, kind, count::float8 AS count, oldest_seconds AS "oldestSeconds" FROM work_sums(${law}, ${machine})
    UNION ALL SELECT 'unread', 'suppressions', count::float8, oldest_seconds FROM unread_suppressions(${machine})
    UNION ALL SELECT 'late', 'campaign', late_campaigns()::float8, NULL`);

const accountSumRows = rowsOf('gateway_account', ['id', 'name', 'halted', 'receiptsLost']).with({
  limit: col.of('gateway_account', 'ratePerSecond'),
  granted: col.number(),
  wanted: col.number(),
  /** Epoch seconds. */
  receiptAt: col.number().orNull(),
  stopAt: col.number().orNull(),
  /** In the currency of the account; null while its operator does not report it. */
  credit: col.number().orNull(),
  up: col.flag(),
});

/** The state of an account, for monitoring. */
export type AccountSum = RowOf<typeof accountSumRows>;

/** Reads every account with the valid shares of its rate. */
export const accountSums = (tx: Transaction): Promise<AccountSum[]> =>
  tx.rows(accountSumRows.sql`
    SELECT a.id, a.name, a.halted, a.rate_per_second AS "limit", coalesce(s.granted, 0)::float8 AS granted, coalesce(s.wanted, 0)::float8 AS wanted,
           extract(epoch FROM a.last_receipt_at)::float8 AS "receiptAt", extract(epoch FROM a.last_stop_at)::float8 AS "stopAt", a.receipts_lost AS "receiptsLost",
           a.credit::float8 AS credit, a.state IN ('up', 'unknown') AS up
      FROM gateway_account a LEFT JOIN (
           SELECT scope, sum(granted) AS granted, sum(wanted) AS wanted FROM rate_share
            WHERE lease_until > clock_timestamp() GROUP BY scope) s ON s.scope = 'account:' || a.id`);

const answerSumRows = rowsOf('submission_count', ['accountId', 'outcome', 'reason', 'seconds']).with({
  calls: col.number(),
  messages: col.number(),
});

/** Reads how many calls the workers counted, by account and answer. */
export const answerSums = (tx: Transaction): Promise<RowOf<typeof answerSumRows>[]> =>
  tx.rows(answerSumRows.sql`
    SELECT account_id AS "accountId", outcome, reason, calls::float8 AS calls, messages::float8 AS messages, seconds FROM submission_count`);

const inboxSumRows = computedRows({
  receipts: col.number(),
  oldestReceiptSeconds: col.number(),
  replies: col.number(),
  unreadable: col.number(),
  clockOffsetSeconds: col.number(),
});

/** Counts what waits in the inbox at an ISO instant of the machine clock, and reads the offset of the law clock. */
export const inboxSum = (tx: Transaction, machine: string): Promise<RowOf<typeof inboxSumRows> | undefined> =>
  tx.first(inboxSumRows.sql`
    SELECT r.waiting AS receipts, coalesce(r.oldest, 0)::float8 AS "oldestReceiptSeconds", i.waiting AS replies, u.waiting AS unreadable,
           (c.clock_offset_ms / 1000.0)::float8 AS "clockOffsetSeconds"
      FROM (SELECT count(*)::float8 AS waiting, extract(epoch FROM ${machine}::timestamptz - min(received_at)) AS oldest
              FROM receipt WHERE matched_at IS NULL) r,
           (SELECT count(*)::float8 AS waiting FROM inbound WHERE settled_at IS NULL) i,
           (SELECT count(*)::float8 AS waiting FROM unread_delivery WHERE state = 'unread' OR received_at < clock_timestamp() - interval '1 minute') u, instance c`);

const webhookSumRows = computedRows({
  delivered: col.number(),
  /** Failed attempts that were, or will be, repeated. */
  retried: col.number(),
  /** Deliveries that were given up after three days. */
  failed: col.number(),
  pending: col.number(),
  /** Endpoints whose last attempt failed. */
  failing: col.number(),
});

/** Counts the deliveries to the webhooks of the whole instance, by outcome. */
export const webhookSum = (tx: Transaction): Promise<RowOf<typeof webhookSumRows> | undefined> =>
  tx.first(webhookSumRows.sql`SELECT delivered, retried, failed, pending, failing FROM webhook_sums()`);

const nextWorkRows = computedRows({ at: col.text().orNull() });

/** Returns the next moment at which a campaign or series acts, as an ISO instant in UTC; undefined while none waits. */
export async function nextDue(database: Database, now: DateTime): Promise<string | undefined> {
  const next = await database.outside((tx) =>
    tx.first(nextWorkRows.sql`SELECT iso(next_work(${now.toISO()})) AS at`),
  );
  return next?.at ?? undefined;
}
