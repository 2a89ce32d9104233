import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import { costOf, type Cost, type LedgerLine, type MonthOfCost } from './cost.ts';

/** Whether what the batch `b` marks is charged to the budget of a campaign. */
export const IS_CHARGED = `b.kind IN ('campaign', 'test')`;

/**
 * Writes down what came back: rows `r` of `from`, each with `batch`, `submission` and `parts`, that were handed to an
 * operator and are known not to be taken. What had no price is not written.
 */
export const insertRefunds = (
  from: string,
  { at, where }: { readonly at: string; readonly where: string },
): string => `
      INSERT INTO refund (tenant_id, batch_id, account_id, territory, currency, parts, amount, refunded_at)
      SELECT s.tenant_id, s.batch_id, s.account_id, coalesce(s.territory, b.territory), s.currency, sum(r.parts), sum(r.parts * s.price), ${at}
        FROM ${from} r JOIN submission s ON s.id = r.submission JOIN batch b ON b.id = s.batch_id
       WHERE ${where} AND s.price > 0 AND s.currency IS NOT NULL AND r.parts > 0
       GROUP BY s.tenant_id, s.batch_id, s.account_id, coalesce(s.territory, b.territory), s.currency`;

const RESERVED = sql`m.state IN ('submitting', 'uncertain')`;
const SPENT = sql`m.state IN ('accepted', 'delivered', 'undelivered')`;

/** Of submissions of before a currency was kept: that of their campaign. */
const CURRENCY = sql`coalesce(s.currency, CASE WHEN s.price > 0 THEN p.currency END)`;

/** When it was marked, on the law clock; of submissions of before that was kept, on the machine's. An index has it. */
const MARKED_AT = sql`coalesce(s.law_at, s.marked_at)`;

/** How many messages one statement reads, unless a single batch has more. */
const MESSAGES_AT_ONCE = 20_000;

/** Some months of one zone; instants as ISO 8601, the end not in it. */
interface Span {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

/** Months, and what of a tenant: reminders for one practice, or one purpose; everything without either. */
export interface Months extends Span {
  readonly practiceId?: string | undefined;
  readonly purpose?: string | undefined;
}

interface SizedBatch {
  readonly id: string;
  readonly size: number;
}

const isWithin = (at: RawBuilder<unknown>, { from, to }: Span): RawBuilder<unknown> =>
  sql`${at} >= ${from}::timestamptz AND ${at} < ${to}::timestamptz`;

type MonthLine = LedgerLine & { readonly by: string | null };

/** Parts by price of what stands marked or taken, and what came back: every figure of money is read from here. */
async function ledgerLines(
  tx: Transaction,
  batches: readonly SizedBatch[],
  span?: Span,
): Promise<readonly MonthLine[]> {
  const lines: MonthLine[] = [];
  for (const ids of pagesOf(batches)) lines.push(...(await linesOf(tx, ids, span)));
  return lines;
}

/** Batches in runs that one statement reads. */
function pagesOf(batches: readonly SizedBatch[]): readonly (readonly string[])[] {
  const pages: string[][] = [];
  let room = 0;
  for (const { id, size } of batches) {
    const page = size > room ? undefined : pages.at(-1);
    if (page === undefined) pages.push([id]);
    else page.push(id);
    room = (page === undefined ? MESSAGES_AT_ONCE : room) - size;
  }
  return pages;
}

const linesOf = (tx: Transaction, ids: readonly string[], span: Span | undefined): Promise<MonthLine[]> => {
  const within = (at: RawBuilder<unknown>) => (span === undefined ? sql`true` : isWithin(at, span));
  const by = (at: RawBuilder<unknown>) =>
    span === undefined ? sql`NULL::text` : sql`to_char(${at} AT TIME ZONE ${span.zone}, 'YYYY-MM')`;
  return tx.rows(sql<MonthLine>`
    SELECT x.by, g.name AS gateway, x.territory, x.currency, sum(x.messages)::int AS messages, sum(x.parts)::int AS parts,
           sum(x.reserved)::text AS reserved, sum(x.spent)::text AS spent, sum(x.refunded)::text AS refunded
      FROM (SELECT ${by(MARKED_AT)} AS by, s.account_id, coalesce(s.territory, b.territory) AS territory, ${CURRENCY} AS currency,
                   count(*) FILTER (WHERE ${SPENT}) AS messages, coalesce(sum(m.parts) FILTER (WHERE ${SPENT}), 0) AS parts,
                   coalesce(sum(m.parts * s.price) FILTER (WHERE ${RESERVED}), 0) AS reserved,
                   coalesce(sum(m.parts * s.price) FILTER (WHERE ${SPENT}), 0) AS spent, 0 AS refunded
              FROM batch b JOIN message m ON m.batch_id = b.id JOIN submission s ON s.id = m.submission_id
              LEFT JOIN campaign p ON p.id = b.campaign_id
             WHERE b.id = ANY (${ids}::uuid[]) AND m.batch_id = ANY (${ids}::uuid[])
               AND (${RESERVED} OR ${SPENT}) AND ${within(MARKED_AT)} GROUP BY 1, 2, 3, 4
             UNION ALL
            SELECT ${by(sql`r.refunded_at`)}, r.account_id, r.territory, r.currency, 0, 0, 0, 0, sum(r.amount)
              FROM refund r WHERE r.batch_id = ANY (${ids}::uuid[]) AND ${within(sql`r.refunded_at`)} GROUP BY 1, 2, 3, 4) x
      JOIN gateway_account g ON g.id = x.account_id
     GROUP BY x.by, g.name, x.territory, x.currency`);
};

/** What a campaign has cost so far, its trials aside: reads every message of it, some thousands in each statement. */
export const costOfCampaign = (tx: Transaction, campaignId: string): Promise<Cost> =>
  costOfBatches(tx, sql`b.campaign_id = ${campaignId}::uuid`);

/** What a series has cost so far. */
export const costOfSeries = (tx: Transaction, seriesId: string): Promise<Cost> =>
  costOfBatches(tx, sql`b.series_id = ${seriesId}::uuid`);

async function costOfBatches(tx: Transaction, among: RawBuilder<unknown>): Promise<Cost> {
  const batches = await tx.rows(
    sql<SizedBatch>`SELECT b.id, b.size FROM batch b WHERE ${among} ORDER BY b.id`,
  );
  return costOf(await ledgerLines(tx, batches));
}

/**
 * What a tenant spent by month, trials and answers to people included; months without anything are left out.
 *
 * What stands marked or taken is of the month in which it was marked, what came back of that in which it did.
 */
export async function costByMonth(tx: Transaction, asked: Months): Promise<readonly MonthOfCost[]> {
  const { practiceId = null, purpose = null } = asked;
  const batches = await tx.rows(sql<SizedBatch>`
    SELECT b.id, b.size FROM batch b
     WHERE b.id IN (SELECT s.batch_id FROM submission s WHERE s.tenant_id = ${tx.tenantId}::uuid AND ${isWithin(MARKED_AT, asked)}
                    UNION
                    SELECT r.batch_id FROM refund r WHERE r.tenant_id = ${tx.tenantId}::uuid AND ${isWithin(sql`r.refunded_at`, asked)})
       AND (${purpose}::text IS NULL OR b.purpose = ${purpose})
       AND (${practiceId}::uuid IS NULL
            OR b.series_id IN (SELECT q.id FROM reminder_series q WHERE q.practice_id = ${practiceId}::uuid))
     ORDER BY b.id`);
  const lines = await ledgerLines(tx, batches, asked);
  return [...Map.groupBy(lines, ({ by }) => by ?? '')]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([month, those]) => {
      const { totals, lines: shown } = costOf(those);
      return { month, totals, lines: shown };
    });
}
