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

/** Whose messages are meant: a condition on a batch `b`; and when, a condition on an instant. */
interface Scope {
  readonly batches: RawBuilder<unknown>;
  readonly within: (at: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** Beside account and territory. */
  readonly by: (at: RawBuilder<unknown>) => RawBuilder<unknown>;
}

const EVER = { within: () => sql`true`, by: () => sql`NULL::text` };

/** Parts by price of what stands marked or taken, and what came back: every figure of money is read from here. */
const ledgerLines = <Row extends LedgerLine>(
  tx: Transaction,
  { batches, within, by }: Scope,
): Promise<Row[]> => {
  const tookAt = sql`coalesce(m.accepted_at, s.marked_at)`;
  return tx.rows(sql<Row>`
    SELECT x.by, g.name AS gateway, x.territory, x.currency, sum(x.messages)::int AS messages, sum(x.parts)::int AS parts,
           sum(x.reserved)::text AS reserved, sum(x.spent)::text AS spent, sum(x.refunded)::text AS refunded
      FROM (SELECT ${by(tookAt)} AS by, s.account_id, coalesce(s.territory, b.territory) AS territory, ${CURRENCY} AS currency,
                   count(*) FILTER (WHERE ${SPENT}) AS messages, coalesce(sum(m.parts) FILTER (WHERE ${SPENT}), 0) AS parts,
                   coalesce(sum(m.parts * s.price) FILTER (WHERE ${RESERVED}), 0) AS reserved,
                   coalesce(sum(m.parts * s.price) FILTER (WHERE ${SPENT}), 0) AS spent, 0 AS refunded
              FROM batch b JOIN message m ON m.batch_id = b.id JOIN submission s ON s.id = m.submission_id
              LEFT JOIN campaign p ON p.id = b.campaign_id
             WHERE ${batches} AND (${RESERVED} OR ${SPENT}) AND ${within(tookAt)} GROUP BY 1, 2, 3, 4
             UNION ALL
            SELECT ${by(sql`r.refunded_at`)}, r.account_id, r.territory, r.currency, 0, 0, 0, 0, sum(r.amount)
              FROM batch b JOIN refund r ON r.batch_id = b.id
             WHERE ${batches} AND ${within(sql`r.refunded_at`)} GROUP BY 1, 2, 3, 4) x
      JOIN gateway_account g ON g.id = x.account_id
     GROUP BY x.by, g.name, x.territory, x.currency ORDER BY x.by, g.name, x.territory, x.currency`);
};

/** What a campaign has cost so far, its trials aside. */
export const costOfCampaign = async (tx: Transaction, campaignId: string): Promise<Cost> =>
  costOf(await ledgerLines(tx, { ...EVER, batches: sql`b.campaign_id = ${campaignId}::uuid` }));

/** What a series has cost so far. */
export const costOfSeries = async (tx: Transaction, seriesId: string): Promise<Cost> =>
  costOf(await ledgerLines(tx, { ...EVER, batches: sql`b.series_id = ${seriesId}::uuid` }));

/** Some months of one zone; instants as ISO 8601, the end not in it. */
export interface Months {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  /** What of a tenant: reminders for one practice, or one purpose; everything without either. */
  readonly practiceId?: string | undefined;
  readonly purpose?: string | undefined;
}

/** What a tenant spent by month, trials and answers to people included; months without anything are left out. */
export async function costByMonth(tx: Transaction, asked: Months): Promise<readonly MonthOfCost[]> {
  const { from, to, zone, practiceId, purpose } = asked;
  const lines = await ledgerLines<LedgerLine & { readonly by: string }>(tx, {
    batches: sql`b.tenant_id = ${tx.tenantId}::uuid AND b.created_at < ${to}::timestamptz
      AND (${purpose ?? null}::text IS NULL OR b.purpose = ${purpose ?? null})
      AND (${practiceId ?? null}::uuid IS NULL
           OR b.series_id IN (SELECT q.id FROM reminder_series q WHERE q.practice_id = ${practiceId ?? null}::uuid))`,
    within: (at) => sql`${at} >= ${from}::timestamptz AND ${at} < ${to}::timestamptz`,
    by: (at) => sql`to_char(${at} AT TIME ZONE ${zone}, 'YYYY-MM')`,
  });
  return [...Map.groupBy(lines, ({ by }) => by)].map(([month, those]) => {
    const { totals, lines: shown } = costOf(those);
    return { month, totals, lines: shown };
  });
}
