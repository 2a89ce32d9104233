import {
  col,
  computedRows,
  idRows,
  type Ledger,
  type Statement,
  type Transaction,
} from '../../platform/index.ts';
import type { Ownership } from './own.repository.ts';
import { mostParts } from '../../sms/index.ts';

/** A ready message, with the data needed to write it. */
export interface ReadyRow {
  readonly seq: number;
  /** Null where the person is known by number alone. */
  readonly contactId: string | null;
  readonly territory: string | null;
  readonly timeZone: string | null;
  /** `contact.sealed` and `contact_key.wrapped`; null once erased. */
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
  /** The version of the contact's number in `sealed`; it grows with each change of number. */
  readonly numberVersion: number | null;
  /** True when it was refused before, for a reason that may pass. */
  readonly isTried?: boolean;
}

const PAGE = 500;

/** Reads ready rows from `after` on; only the mark takes them. */
export async function readReadyPage(
  ledger: Ledger,
  ownership: Ownership,
  after: number,
): Promise<readonly ReadyRow[]> {
  return readRows(ledger, ownership, pageOf('read_page', ownership.batchId, { after, only: DUE }));
}

/** Says whether a page holds the last rows that were ready when it was read. */
export const isLastPage = (page: readonly ReadyRow[]): boolean => page.length < PAGE;

/** Reads the page after another one; empty after the last. */
export async function readFollowing(
  ledger: Ledger,
  ownership: Ownership,
  page: readonly ReadyRow[],
): Promise<readonly ReadyRow[]> {
  const last = page.at(-1);
  return last === undefined || isLastPage(page) ? [] : readReadyPage(ledger, ownership, last.seq);
}

/** Yields all ready rows, page by page, also those that wait for a retry. */
export async function* pagesOfReady(
  ledger: Ledger,
  ownership: Ownership,
): AsyncGenerator<readonly ReadyRow[], void> {
  for (let after: number | undefined = -1; after !== undefined;) {
    const page = await readRows(
      ledger,
      ownership,
      pageOf('read_ready', ownership.batchId, { after, only: '' }),
    );
    yield page;
    after = isLastPage(page) ? undefined : page.at(-1)?.seq;
  }
}

async function readRows(
  ledger: Ledger,
  { tenantId }: Ownership,
  statement: Statement,
): Promise<readonly ReadyRow[]> {
  const [rows] = await ledger.read(tenantId, [statement]);
  return (rows ?? []).map(readyRow).sort((one, other) => one.seq - other.seq);
}

const DUE = 'AND (m.not_before IS NULL OR m.not_before <= clock_timestamp())';

const pageOf = (
  name: string,
  batchId: string,
  { after, only }: { readonly after: number; readonly only: string },
): Statement => ({
  name,
  text: `
    WITH due AS MATERIALIZED (
      SELECT m.seq, m.contact_id, m.not_before IS NOT NULL AS tried FROM message m
       WHERE m.batch_id = $1::uuid AND m.seq > $2::int AND m.state = 'ready' ${only}
       ORDER BY m.seq LIMIT ${PAGE})
    SELECT due.seq, due.contact_id, c.territory, c.time_zone, c.sealed, y.wrapped, c.number_version, due.tried
      FROM due LEFT JOIN contact c ON c.id = due.contact_id LEFT JOIN contact_key y ON y.contact_id = due.contact_id`,
  values: [batchId, after],
});

function readyRow(row: Record<string, unknown>): ReadyRow {
  return {
    seq: Number(row['seq']),
    contactId: textOrNull(row['contact_id']),
    territory: textOrNull(row['territory']),
    timeZone: textOrNull(row['time_zone']),
    sealed: bytesOrNull(row['sealed']),
    wrapped: bytesOrNull(row['wrapped']),
    numberVersion: typeof row['number_version'] === 'number' ? row['number_version'] : null,
    isTried: row['tried'] === true,
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const bytesOrNull = (value: unknown): Buffer | null => (Buffer.isBuffer(value) ? value : null);

/** The messages of a batch that are not final, counted from its rows. */
export interface Remaining {
  readonly ready: number;
  readonly submitting: number;
  readonly uncertain: number;
  /** Epoch milliseconds at which the first postponed row may be retried. */
  readonly retryAt: number | null;
  /** Ready rows that may be tried at this instant. */
  readonly due: number;
}

export async function readRemaining(
  ledger: Ledger,
  ownership: { readonly tenantId: string; readonly batchId: string },
): Promise<Remaining> {
  const [rows] = await ledger.read(ownership.tenantId, [remaining(ownership.batchId)]);
  const row = rows?.[0] ?? {};
  const retryAt = row['retry_at'];
  return {
    ready: Number(row['ready'] ?? 0),
    submitting: Number(row['submitting'] ?? 0),
    uncertain: Number(row['uncertain'] ?? 0),
    due: Number(row['due'] ?? 0),
    retryAt: retryAt === null || retryAt === undefined ? null : Number(retryAt),
  };
}

const remaining = (batchId: string): Statement => ({
  name: 'read_remaining',
  text: `
    SELECT count(*) FILTER (WHERE state = 'ready')::int AS ready, count(*) FILTER (WHERE state = 'submitting')::int AS submitting,
           count(*) FILTER (WHERE state = 'uncertain')::int AS uncertain,
           count(*) FILTER (WHERE state = 'ready' AND (not_before IS NULL OR not_before <= clock_timestamp()))::int AS due,
           (extract(epoch FROM min(not_before) FILTER (WHERE state = 'ready' AND not_before > clock_timestamp())) * 1000)::float8 AS retry_at
      FROM message WHERE batch_id = $1::uuid`,
  values: [batchId],
});

const madePartitionRows = computedRows({ made: col.number() });

/** Makes missing partitions of this month and the months ahead; returns their number. */
export async function makePartitions(tx: Transaction, at: string, monthsAhead: number): Promise<number> {
  const row = await tx.first(madePartitionRows.sql`
    SELECT make_message_partitions((${at}::timestamptz AT TIME ZONE 'UTC')::date, ${monthsAhead + 1}) AS made`);
  return row?.made ?? 0;
}

const strayRows = computedRows({ stray: col.flag() });

/** Says whether messages lie in no month's partition: it was made too late. */
export async function hasStrayMessages(tx: Transaction): Promise<boolean> {
  const row = await tx.first(strayRows.sql`SELECT has_stray_messages() AS stray`);
  return row?.stray ?? false;
}

/** Lists the tenant's batches that may have sent in the time which the database has lost. */
export async function openBatches(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM batch WHERE tenant_id = ${tx.tenantId}::uuid AND state = 'open' ORDER BY id`);
  return rows.map(({ id }) => id);
}

const parkedRows = computedRows({ parked: col.number() });

/**
 * Parks as uncertain the messages of a batch that may have been sent in the lost time; returns their number. Their
 * keys are lost: only a look-up by recipient, a receipt or a person can resolve them. A price is charged at its
 * maximum, and returned when the message proves unsent. Repeating changes nothing.
 */
export async function parkLost(tx: Transaction, batchId: string, at: string): Promise<number> {
  const row = await tx.first(parkedRows.sql`
    WITH about AS MATERIALIZED (
      SELECT b.id, b.tenant_id, b.account_id, b.epoch, uuidv7() AS submission_id,
             CASE WHEN p.price IS NOT NULL THEN coalesce(p.max_parts, ${mostParts(null, at)}::int) END AS parts, coalesce(b.price, p.price) AS price, p.currency, b.territory,
             (SELECT count(*) FROM message m WHERE m.batch_id = b.id AND m.state = 'ready') AS ready
        FROM batch b LEFT JOIN campaign p ON p.id = b.campaign_id WHERE b.id = ${batchId}::uuid),
    lost AS (
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, price, currency, territory, law_at)
      SELECT submission_id, tenant_id, account_id, id, epoch, right(replace(submission_id::text, '-', ''), 20), ready, clock_timestamp(), '', coalesce(price, 0), CASE WHEN price > 0 THEN currency END, territory, ${at}::timestamptz
        FROM about WHERE ready > 0),
    parked AS (
      UPDATE message m SET state = 'uncertain', reason = 'SEALED', submission_id = coalesce(m.submission_id, a.submission_id),
             not_before = NULL, parts = CASE WHEN m.state = 'ready' THEN a.parts ELSE m.parts END
        FROM about a WHERE m.batch_id = a.id AND m.state IN ('ready', 'submitting', 'uncertain') AND m.reason IS DISTINCT FROM 'SEALED'
      RETURNING OLD.state AS was, OLD.reason AS why, NEW.parts),
    noted AS (
      UPDATE batch b SET next_action_at = ${at}::timestamptz, woken_at = NULL,
             spent = b.spent + coalesce((SELECT sum(parts) FROM parked WHERE was = 'ready') * a.price, 0)
        FROM about a WHERE b.id = a.id AND EXISTS (SELECT 1 FROM parked)),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT a.tenant_id, a.id, 'uncertain'::message_state, 'SEALED', count(*) FROM parked, about a GROUP BY 1, 2
      UNION ALL SELECT a.tenant_id, a.id, was, why, -count(*) FROM parked, about a GROUP BY 1, 2, 3, 4)
    SELECT count(*)::int AS parked FROM parked`);
  return row?.parked ?? 0;
}
