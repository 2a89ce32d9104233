import { sql } from 'kysely';
import { messagesCsv, phoneCell } from '../../campaigns/index.ts';
import { col, type RowOf, rowsOf, type Transaction, type Database } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { type MessageKey, messageId } from '../../sending/index.ts';
import type { RegisterPeriod } from '../compliance/compliance.repository.ts';

/** Says whether a launched campaign is not over, whose people would be written to once the shadow ends. */
export async function hasOpenCampaigns(tx: Transaction): Promise<boolean> {
  const row = await tx.first(sql`
    SELECT 1 FROM campaign WHERE tenant_id = ${tx.tenantId}::uuid
       AND status IN ('scheduled', 'running', 'paused', 'parked') LIMIT 1`);
  return row !== undefined;
}

const shadowDayRows = rowsOf('batch', ['purpose']).with({
  /** Calendar day of the tenant. */
  on: col.text(),
  wouldHaveLeft: col.number(),
  refused: col.json<Readonly<Record<string, number>>>(),
});

/** Counts the messages decided in a period by day: those that would have been sent, and the others by reason. */
export const shadowDays = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(shadowDayRows.sql`
    WITH counted AS (
      SELECT (m.final_at AT TIME ZONE t.time_zone)::date AS day, b.purpose, m.reason, count(*) AS messages
        FROM tenant t JOIN batch b ON b.tenant_id = t.id JOIN message m ON m.batch_id = b.id
       WHERE t.id = ${tx.tenantId}::uuid AND b.created_at < ${to}::timestamptz AND m.state IN ('excluded', 'expired')
         AND m.final_at >= ${from}::timestamptz AND m.final_at < ${to}::timestamptz
       GROUP BY 1, 2, 3)
    SELECT day::text AS "on", purpose, coalesce(sum(messages) FILTER (WHERE reason = 'SHADOW'), 0)::int AS "wouldHaveLeft",
           coalesce(jsonb_object_agg(coalesce(reason, 'EXPIRED'), messages) FILTER (WHERE reason IS DISTINCT FROM 'SHADOW'), '{}') AS refused
      FROM counted GROUP BY day, purpose ORDER BY day, purpose`);

const withheldMessageRows = rowsOf('message', ['reason', 'contactId', 'batchId', 'seq'])
  .and('batch', ['purpose'])
  .with({
    at: col.of('message', 'finalAt').known(),
    /** The campaign or the series; null for an answer to a person. */
    order: col.text().orNull(),
    territory: col.text(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
  });

/** Reads a page of the messages decided in a period, in order of their keys. */
async function shadowRows(
  tx: Transaction,
  { from, to }: RegisterPeriod,
  page: { readonly after: MessageKey | undefined; readonly limit: number },
) {
  const { after, limit } = page;
  const rest =
    after === undefined ? sql`true` : sql`(m.batch_id, m.seq) > (${after.batchId}::uuid, ${after.seq}::int)`;
  return tx.rows(withheldMessageRows.sql`
    SELECT m.batch_id AS "batchId", m.seq, iso(m.final_at) AS at, b.purpose, coalesce(b.campaign_id, b.test_of, b.series_id) AS "order",
           m.reason, coalesce(c.territory, b.territory) AS territory, m.contact_id AS "contactId", c.sealed, y.wrapped
      FROM batch b JOIN message m ON m.batch_id = b.id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE b.tenant_id = ${tx.tenantId}::uuid AND b.created_at < ${to}::timestamptz AND m.state IN ('excluded', 'expired')
       AND m.final_at >= ${from}::timestamptz AND m.final_at < ${to}::timestamptz AND ${rest}
     ORDER BY m.batch_id, m.seq LIMIT ${limit}`);
}

const HEADINGS = [
  'at',
  'phone',
  'purpose',
  'outcome',
  'reason',
  'territory',
  'order',
  'message',
  'contactId',
];

/** Writes as CSV the messages that would have been sent, and the others, to compare them with the log of another tool. */
export async function* shadowCsv(
  { database, keys }: { readonly database: Database; readonly keys: TenantKeys },
  { clear, ...period }: RegisterPeriod & { readonly clear: boolean },
): AsyncGenerator<string> {
  yield* messagesCsv(
    HEADINGS,
    (page) => database.withTenant(keys.tenantId, (tx) => shadowRows(tx, period, page)),
    (row) => cells(keys, row, clear),
  );
}

function cells(keys: TenantKeys, row: RowOf<typeof withheldMessageRows>, clear: boolean): readonly string[] {
  const { at, purpose, reason, territory, order, contactId } = row;
  const wouldHaveLeft = reason === 'SHADOW';
  return [
    at,
    phoneCell(keys, row, clear),
    purpose,
    wouldHaveLeft ? 'would-have-left' : 'refused',
    wouldHaveLeft ? '' : (reason ?? ''),
    territory,
    order ?? '',
    messageId(row),
    contactId ?? '',
  ];
}
