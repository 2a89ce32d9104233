import { z } from 'zod';
import { sql, type RawBuilder } from 'kysely';
import { amountOf, micros, sumsOf, type Money } from '../../sms/index.ts';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

/** An amount for display: cents, and finer digits. */
export const CostAmount = z
  .object({
    amount: z.string().meta({ description: 'A decimal of two to six places, such as "12.50".' }),
    currency: z.string(),
  })
  .meta({ id: 'Amount' });

const OrNone = CostAmount.nullable().meta({ description: 'null where nobody wrote down a price.' });

/**
 * The costs of messages by our own price list: parts by the price of the account that carried them, at their mark.
 * A message that was never written costs nothing and is in none of the three sums. An operator's own count is a
 * `Bill`, and separate.
 */
export const COST = {
  totals: z
    .array(
      z.object({
        reserved: CostAmount.meta({ description: 'Marked; nobody knows yet whether the operator took it.' }),
        spent: CostAmount.meta({ description: 'Taken by the operator, whatever became of it then.' }),
        refunded: CostAmount.meta({ description: 'Was reserved, and is known not to have been taken.' }),
      }),
    )
    .readonly()
    .meta({ description: 'One for each currency; none where nothing that left has a price.' }),
  lines: z
    .array(
      z.object({
        gateway: z.string(),
        territory: z.string().meta({ description: 'Where the numbers are, by which operators charge.' }),
        messages: z.int().meta({ description: 'That the operator took.' }),
        parts: z.int(),
        reserved: OrNone,
        spent: OrNone,
        refunded: OrNone,
      }),
    )
    .readonly()
    .meta({ description: 'By account and territory.' }),
};

/** The cost of one account's parts to one territory. */
export const CostLine = z.object({
  gateway: z.string(),
  territory: z.string(),
  parts: z.int(),
  cost: OrNone,
});

export type CostLine = Readonly<z.output<typeof CostLine>>;

/** Names one account and one territory: lines of the same name belong together, sorted by name. */
export const lineName = ({ gateway, territory }: Pick<CostLine, 'gateway' | 'territory'>): string =>
  JSON.stringify([gateway, territory]);

/** The cost of a campaign, a series or a practice. */
export interface Cost {
  readonly totals: z.output<typeof COST.totals>;
  readonly lines: z.output<typeof COST.lines>;
}

/** Counts and cost of a calendar month in the tenant's time zone. */
export interface MonthOfCost extends Cost {
  /** `YYYY-MM`. */
  readonly month: string;
}

const KINDS = ['reserved', 'spent', 'refunded'] as const;

/** Converts ledger lines to amounts with their currency, and sums them. */
function costOf(ledger: readonly LedgerLine[]): Cost {
  const lines = together(ledger).map(({ gateway, territory, messages, parts, ...line }) => ({
    gateway,
    territory,
    messages,
    parts,
    reserved: moneyIn(line, 'reserved'),
    spent: moneyIn(line, 'spent'),
    refunded: moneyIn(line, 'refunded'),
  }));
  const [reserved, spent, refunded] = KINDS.map((kind) => sumsOf(lines.flatMap((line) => line[kind] ?? [])));
  // Each line with a price has all three: the sums are of the same currencies, in the same order.
  const totals = (spent ?? []).flatMap((sum, at) => {
    const [held, back] = [reserved?.[at], refunded?.[at]];
    return held === undefined || back === undefined ? [] : [{ reserved: held, spent: sum, refunded: back }];
  });
  return { totals, lines };
}

/** Joins lines of the same account, territory and currency, in order. */
const together = (ledger: readonly LedgerLine[]): readonly LedgerLine[] =>
  [...Map.groupBy(ledger, keyOf)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, [first, ...others]]) => (first === undefined ? [] : [others.reduce(plus, first)]));

const keyOf = ({ gateway, territory, currency }: LedgerLine): string =>
  JSON.stringify([gateway, territory, currency ?? '']);

const plus = (one: LedgerLine, other: LedgerLine): LedgerLine => ({
  ...one,
  messages: one.messages + other.messages,
  parts: one.parts + other.parts,
  reserved: sumOf(one.reserved, other.reserved),
  spent: sumOf(one.spent, other.spent),
  refunded: sumOf(one.refunded, other.refunded),
});

const sumOf = (one: string, other: string): string => amountOf(micros(one) + micros(other));

const moneyIn = (
  { currency, ...line }: Pick<LedgerLine, 'currency' | (typeof KINDS)[number]>,
  kind: (typeof KINDS)[number],
): Money | null => (currency === null ? null : { amount: amountOf(micros(line[kind])), currency });

/** Sums prices in one currency; null where one is unknown or they are of several currencies. */
export function wholeOf(prices: readonly (Money | null)[]): Money | null {
  const [sum, other] = sumsOf(prices.filter((price) => price !== null));
  return sum === undefined || other !== undefined || prices.includes(null) ? null : sum;
}

/** Returns the excess of the cost over the estimate, negative if below; null where they cannot be compared. */
export function costDifference(spent: Money | null, foreseen: Money | null): Money | null {
  if (spent === null || foreseen?.currency !== spent.currency) return null;
  return { amount: amountOf(micros(spent.amount) - micros(foreseen.amount)), currency: spent.currency };
}

/** True when messages of batch `b` are charged to the budget of a campaign. */
export const IS_CHARGED = `b.kind IN ('campaign', 'test')`;

/**
 * Writes returned charges: rows `r` of `from`, each with `batch`, `submission` and `parts`, that were handed to an
 * operator and are known not to be accepted. Rows without a price are skipped.
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

/** Submissions without a currency of their own have that of their campaign. */
const CURRENCY = sql`coalesce(s.currency, CASE WHEN s.price > 0 THEN p.currency END)`;

/** The time of the mark by the law clock, or by the machine's for submissions made before that was kept; indexed. */
const MARKED_AT = sql`coalesce(s.law_at, s.marked_at)`;

/** The number of messages that one statement reads, unless a single batch has more. */
const MESSAGES_AT_ONCE = 20_000;

/** Months of one zone; instants as ISO 8601, the end exclusive. */
interface Span {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

/** Months, optionally for one practice or one purpose. */
interface Months extends Span {
  readonly practiceId?: string | undefined;
  readonly purpose?: string | undefined;
}

const sizedBatchRows = rowsOf('batch', ['id', 'size']);

type SizedBatch = RowOf<typeof sizedBatchRows>;

const isWithin = (at: RawBuilder<unknown>, { from, to }: Span): RawBuilder<unknown> =>
  sql`${at} >= ${from}::timestamptz AND ${at} < ${to}::timestamptz`;

const ledgerLineRows = computedRows({
  gateway: col.of('gateway_account', 'name'),
  territory: col.text(),
  /** Null without a price. */
  currency: col.text().orNull(),
  messages: col.number(),
  parts: col.number(),
  /** Decimals in that currency. */
  reserved: col.text(),
  spent: col.text(),
  refunded: col.text(),
  /** `YYYY-MM`; null where the costs are not by month. */
  by: col.text().orNull(),
});

/** The messages and amounts of one account, territory, currency and month. */
type LedgerLine = RowOf<typeof ledgerLineRows>;

/** Reads parts by price of marked or accepted messages, and returned charges: every figure of money comes from here. */
async function ledgerLines(
  tx: Transaction,
  batches: readonly SizedBatch[],
  span?: Span,
): Promise<readonly LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (const ids of pagesOf(batches)) lines.push(...(await linesOf(tx, ids, span)));
  return lines;
}

/** Splits batches into runs that one statement reads. */
function pagesOf(batches: readonly SizedBatch[]): readonly (readonly string[])[] {
  const pages: string[][] = [];
  let pageSpace = 0;
  for (const { id, size } of batches) {
    const page = size > pageSpace ? undefined : pages.at(-1);
    if (page === undefined) pages.push([id]);
    else page.push(id);
    pageSpace = (page === undefined ? MESSAGES_AT_ONCE : pageSpace) - size;
  }
  return pages;
}

interface Dated {
  readonly within: (at: RawBuilder<unknown>) => RawBuilder<unknown>;
  readonly by: (at: RawBuilder<unknown>) => RawBuilder<unknown>;
}

const datedBy = (span: Span | undefined): Dated => ({
  within: (at) => (span === undefined ? sql`true` : isWithin(at, span)),
  by: (at) =>
    span === undefined ? sql`NULL::text` : sql`to_char(${at} AT TIME ZONE ${span.zone}, 'YYYY-MM')`,
});

/** Sums marked and accepted messages, as columns of every line. */
const markedOrTaken = (ids: readonly string[], { within, by }: Dated): RawBuilder<unknown> => sql`
            SELECT ${by(MARKED_AT)} AS by, b.id AS batch, s.account_id, coalesce(s.territory, b.territory) AS territory, ${CURRENCY} AS currency,
                   count(*) FILTER (WHERE ${SPENT}) AS messages, coalesce(sum(m.parts) FILTER (WHERE ${SPENT}), 0) AS parts,
                   coalesce(sum(m.parts * s.price) FILTER (WHERE ${RESERVED}), 0) AS reserved,
                   coalesce(sum(m.parts * s.price) FILTER (WHERE ${SPENT}), 0) AS spent, 0 AS refunded
              FROM batch b JOIN message m ON m.batch_id = b.id JOIN submission s ON s.id = m.submission_id
              LEFT JOIN campaign p ON p.id = b.campaign_id
             WHERE b.id = ANY (${ids}::uuid[]) AND m.batch_id = ANY (${ids}::uuid[])
               AND (${RESERVED} OR ${SPENT}) AND ${within(MARKED_AT)} GROUP BY 1, 2, 3, 4, 5`;

/** Sums returned charges, in the same columns as `markedOrTaken`. */
const returned = (ids: readonly string[], { within, by }: Dated): RawBuilder<unknown> => sql`
            SELECT ${by(sql`r.refunded_at`)} AS by, r.batch_id AS batch, r.account_id, r.territory, r.currency, 0 AS messages, 0 AS parts,
                   0 AS reserved, 0 AS spent, sum(r.amount) AS refunded
              FROM refund r WHERE r.batch_id = ANY (${ids}::uuid[]) AND ${within(sql`r.refunded_at`)} GROUP BY 1, 2, 3, 4, 5`;

const SUMS = sql`sum(x.messages)::int AS messages, sum(x.parts)::int AS parts, sum(x.reserved)::text AS reserved,
           sum(x.spent)::text AS spent, sum(x.refunded)::text AS refunded`;

const summed = (tx: Transaction, lines: RawBuilder<unknown>): Promise<LedgerLine[]> =>
  tx.rows(ledgerLineRows.sql`
    SELECT x.by, g.name AS gateway, x.territory, x.currency, ${SUMS}
      FROM (${lines}) x JOIN gateway_account g ON g.id = x.account_id GROUP BY x.by, g.name, x.territory, x.currency`);

function linesOf(tx: Transaction, ids: readonly string[], span: Span | undefined): Promise<LedgerLine[]> {
  const dated = datedBy(span);
  return summed(tx, sql`${markedOrTaken(ids, dated)} UNION ALL ${returned(ids, dated)}`);
}

/** Computes a campaign's cost so far, without its trials: finished batches are read from their kept costs. */
export const costOfCampaign = async (tx: Transaction, campaignId: string): Promise<Cost> =>
  costOfBatches(tx, campaignId, await batchesOf(tx, ofCampaign(campaignId)));

/** Computes the same; undefined where more than `most` messages would have to be counted. */
export async function costOfCampaignAtOnce(
  tx: Transaction,
  campaignId: string,
  most: number,
): Promise<Cost | undefined> {
  const batches = await batchesOf(tx, ofCampaign(campaignId));
  const counted = batches.reduce((sum, { isKept, size }) => sum + (isKept ? 0 : size), 0);
  return counted > most ? undefined : costOfBatches(tx, campaignId, batches);
}

/** Computes a series' cost so far. */
export const costOfSeries = async (tx: Transaction, seriesId: string): Promise<Cost> =>
  costOfBatches(tx, seriesId, await batchesOf(tx, sql`b.series_id = ${seriesId}::uuid`));

const ofCampaign = (campaignId: string): RawBuilder<unknown> => sql`b.campaign_id = ${campaignId}::uuid`;

const costedBatchRows = rowsOf('batch', ['id', 'size']).with({
  /** True when none of its messages is ready, on the wire or uncertain. */
  isOver: col.flag(),
  /** True when its cost is kept and as many messages are accepted as then. */
  isKept: col.flag(),
});

/** A batch, and whether its cost may still change. */
type CostedBatch = RowOf<typeof costedBatchRows>;

const batchesOf = (tx: Transaction, among: RawBuilder<unknown>): Promise<CostedBatch[]> =>
  tx.rows(costedBatchRows.sql`
    SELECT b.id, b.size, t.open = 0 AND b.state = 'done' AS "isOver",
           t.open = 0 AND coalesce((b.cost ->> 'messages')::int = t.taken, false) AS "isKept"
      FROM batch b CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.delta) FILTER (WHERE t.state IN ('ready', 'submitting', 'uncertain')), 0) AS open,
               coalesce(sum(t.delta) FILTER (WHERE t.state IN ('accepted', 'delivered', 'undelivered')), 0) AS taken
          FROM tally t WHERE t.batch_id = b.id) t
     WHERE ${among} ORDER BY b.id`);

/** Sums the costs of all batches of one campaign or series. */
async function costOfBatches(tx: Transaction, id: string, batches: readonly CostedBatch[]): Promise<Cost> {
  const [kept, unkept] = [batches.filter(({ isKept }) => isKept), batches.filter(({ isKept }) => !isKept)];
  const due = unkept.filter(({ isOver }) => isOver);
  const mine = due.length > 0 && (await mayKeep(tx, id)) ? due : [];
  for (const ids of pagesOf(mine)) await keepCosts(tx, ids);
  const others = unkept.filter((one) => !mine.includes(one));
  const small = [...kept, ...mine].map((one) => one.id);
  return costOf([...(await keptLines(tx, small)), ...(await ledgerLines(tx, others))]);
}

const mineRows = computedRows({ mine: col.flag() });

/** Says whether this transaction may keep the costs of a campaign or series; false while another one does. */
async function mayKeep(tx: Transaction, id: string): Promise<boolean> {
  const row = await tx.first(mineRows.sql`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`cost|${id}`}, 0)) AS mine`);
  return row?.mine === true;
}

/**
 * Stores the costs of finished batches: one small row each is read from then on. Nothing is reserved any more. The
 * tally reveals a later change of acceptances, which is counted anew.
 */
async function keepCosts(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    WITH held AS MATERIALIZED (SELECT id FROM batch WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE),
    lines AS (SELECT * FROM (${markedOrTaken(ids, datedBy(undefined))}) x WHERE x.messages > 0)
    UPDATE batch b SET cost = jsonb_build_object(
             'messages', (SELECT coalesce(sum(l.messages), 0) FROM lines l WHERE l.batch = b.id),
             'lines', (SELECT coalesce(jsonb_agg(jsonb_build_object('account_id', l.account_id, 'territory', l.territory, 'currency', l.currency,
                         'messages', l.messages, 'parts', l.parts, 'spent', l.spent)), '[]') FROM lines l WHERE l.batch = b.id))
      FROM held h WHERE b.id = h.id`);
}

/** Reads the kept costs of batches and their later returns. */
const keptLines = (tx: Transaction, ids: readonly string[]): Promise<LedgerLine[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : summed(
        tx,
        sql`SELECT NULL::text AS by, b.id AS batch, l.account_id, l.territory, l.currency, l.messages, l.parts, 0 AS reserved, l.spent, 0 AS refunded
              FROM batch b CROSS JOIN LATERAL jsonb_to_recordset(b.cost -> 'lines') AS l(account_id uuid, territory text, currency text,
                messages int, parts int, spent numeric)
             WHERE b.id = ANY (${ids}::uuid[]) UNION ALL ${returned(ids, datedBy(undefined))}`,
      );

/**
 * Computes a tenant's costs by month, trials and answers to people included; months without any are left out.
 * Marked and accepted messages belong to the month of their mark, returned charges to the month of their return.
 */
export async function costByMonth(tx: Transaction, months: Months): Promise<readonly MonthOfCost[]> {
  const { practiceId = null, purpose = null } = months;
  const batches = await tx.rows(sizedBatchRows.sql`
    SELECT b.id, b.size FROM batch b
     WHERE b.id IN (SELECT s.batch_id FROM submission s WHERE s.tenant_id = ${tx.tenantId}::uuid AND ${isWithin(MARKED_AT, months)}
                    UNION
                    SELECT r.batch_id FROM refund r WHERE r.tenant_id = ${tx.tenantId}::uuid AND ${isWithin(sql`r.refunded_at`, months)})
       AND (${purpose}::text IS NULL OR b.purpose = ${purpose})
       AND (${practiceId}::uuid IS NULL
            OR b.series_id IN (SELECT q.id FROM reminder_series q WHERE q.practice_id = ${practiceId}::uuid))
     ORDER BY b.id`);
  const lines = await ledgerLines(tx, batches, months);
  return [...Map.groupBy(lines, ({ by }) => by ?? '')]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([month, those]) => {
      const { totals, lines: shown } = costOf(those);
      return { month, totals, lines: shown };
    });
}
