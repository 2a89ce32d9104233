import { z } from 'zod';
import { amountOf, micros, sumsOf, type Money } from '../../sms/index.ts';

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

/** A line of the ledger: decimals of one currency, which is null without a price. */
export interface LedgerLine {
  readonly gateway: string;
  readonly territory: string;
  readonly currency: string | null;
  readonly messages: number;
  readonly parts: number;
  readonly reserved: string;
  readonly spent: string;
  readonly refunded: string;
}

const KINDS = ['reserved', 'spent', 'refunded'] as const;

/** Converts ledger lines to amounts with their currency, and sums them. */
export function costOf(ledger: readonly LedgerLine[]): Cost {
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
