import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Messages of one kind in the whole instance. */
export interface MessageSum {
  readonly accountId: string;
  readonly purpose: string;
  readonly state: string;
  readonly reason: string | null;
  readonly territory: string;
  /** The code of what their batch waits for. */
  readonly waiting: string | null;
  readonly messages: number;
}

/** Sums the accounts of every batch: what each message is, and what those not yet sent wait for. */
export const messageSums = (tx: Transaction): Promise<MessageSum[]> =>
  tx.rows(sql<MessageSum>`
    SELECT account_id AS "accountId", purpose, state, reason, territory, waiting, messages::float8 AS messages FROM message_sums()`);

/** A count, and how old the oldest of it is where that matters. */
export interface WorkSum {
  readonly what:
    | 'campaign'
    | 'parked'
    | 'intent'
    | 'link'
    | 'tenant'
    | 'import'
    | 'row'
    | 'due'
    | 'unread'
    | 'late';
  readonly kind: string;
  readonly count: number;
  readonly oldestSeconds: number | null;
}

/** Counts what is open, late or waiting; the law clock says what is due, the machine clock how long something waits. */
export const workSums = (tx: Transaction, law: string, machine: string): Promise<WorkSum[]> =>
  tx.rows(sql<WorkSum>`
    SELECT what, kind, count::float8 AS count, oldest_seconds AS "oldestSeconds" FROM work_sums(${law}, ${machine})
    UNION ALL SELECT 'unread', 'suppressions', count::float8, oldest_seconds FROM unread_suppressions(${machine})
    UNION ALL SELECT 'late', 'campaign', late_campaigns()::float8, NULL`);

/** An account as it stands, for those who watch it. */
export interface AccountSum {
  readonly id: string;
  readonly name: string;
  readonly halted: boolean;
  readonly limit: number | null;
  readonly granted: number;
  readonly wanted: number;
  /** Epoch seconds. */
  readonly receiptAt: number | null;
  readonly stopAt: number | null;
  /** In a row that found no message. */
  readonly receiptsLost: number;
  /** In the money of the account; null while its operator says nothing of it. */
  readonly credit: number | null;
  readonly up: boolean;
}

/** Every account with the shares of its rate that are good now. */
export const accountSums = (tx: Transaction): Promise<AccountSum[]> =>
  tx.rows(sql<AccountSum>`
    SELECT a.id, a.name, a.halted, a.rate_per_second AS "limit", coalesce(s.granted, 0)::float8 AS granted, coalesce(s.wanted, 0)::float8 AS wanted,
           extract(epoch FROM a.last_receipt_at)::float8 AS "receiptAt", extract(epoch FROM a.last_stop_at)::float8 AS "stopAt", a.receipts_lost AS "receiptsLost",
           a.credit::float8 AS credit, a.state IN ('up', 'unknown') AS up
      FROM gateway_account a LEFT JOIN (
           SELECT scope, sum(granted) AS granted, sum(wanted) AS wanted FROM rate_share
            WHERE lease_until > clock_timestamp() GROUP BY scope) s ON s.scope = 'account:' || a.id`);

/** Answers of one kind that an account ever gave. */
export interface AnswerSum {
  readonly accountId: string;
  readonly outcome: string;
  readonly reason: string;
  readonly calls: number;
  readonly messages: number;
  readonly seconds: number;
}

/** What the workers counted of their calls. */
export const answerSums = (tx: Transaction): Promise<AnswerSum[]> =>
  tx.rows(sql<AnswerSum>`
    SELECT account_id AS "accountId", outcome, reason, calls::float8 AS calls, messages::float8 AS messages, seconds FROM submission_count`);

/** What came in and is not understood yet. */
export interface InboxSum {
  readonly receipts: number;
  readonly oldestReceiptSeconds: number;
  readonly replies: number;
  readonly unreadable: number;
  readonly clockOffsetSeconds: number;
}

/** Counts the inbox, and reads how far the law clock is moved. */
export const inboxSum = (tx: Transaction, machine: string): Promise<InboxSum | undefined> =>
  tx.first(sql<InboxSum>`
    SELECT r.waiting AS receipts, coalesce(r.oldest, 0)::float8 AS "oldestReceiptSeconds", i.waiting AS replies, u.waiting AS unreadable,
           (c.clock_offset_ms / 1000.0)::float8 AS "clockOffsetSeconds"
      FROM (SELECT count(*)::float8 AS waiting, extract(epoch FROM ${machine}::timestamptz - min(received_at)) AS oldest
              FROM receipt WHERE matched_at IS NULL) r,
           (SELECT count(*)::float8 AS waiting FROM inbound WHERE settled_at IS NULL) i,
           (SELECT count(*)::float8 AS waiting FROM unread_delivery WHERE state = 'unread' OR received_at < clock_timestamp() - interval '1 minute') u, instance c`);
