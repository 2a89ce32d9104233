import { amountOf, micros, sumsOf, type Money } from '../sms/money.ts';

/**
 * What messages cost by our own price list: parts by the price of the account that carried them, at their mark.
 *
 * `reserved` was marked, and nobody knows yet whether the operator took it. `spent` was taken by the operator, whatever
 * became of it then. `refunded` was reserved, handed to the operator, and is known not to have been taken. A message
 * that was never written costs nothing and is in none. What an operator says itself is `Bill`, and stands apart.
 */
export interface CostLine {
  /** The account. */
  readonly gateway: string;
  /** Where the numbers are. */
  readonly territory: string;
  /** What the operator took. */
  readonly messages: number;
  readonly parts: number;
  /** Null where nobody wrote down a price. */
  readonly reserved: Money | null;
  readonly spent: Money | null;
  readonly refunded: Money | null;
}

/** The same together, for one currency. */
export interface CostTotal {
  readonly reserved: Money;
  readonly spent: Money;
  readonly refunded: Money;
}

/** What a campaign, a series or a practice cost. */
export interface Cost {
  /** One for each currency; none where nothing that left has a price. */
  readonly totals: readonly CostTotal[];
  /** By account and territory. */
  readonly lines: readonly CostLine[];
}

/** What one month cost. */
export interface MonthOfCost extends Cost {
  /** `YYYY-MM`. */
  readonly month: string;
}

/** A line as the ledger has it: decimals of one currency, which is null where there was no price. */
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

/** Lines of the ledger as amounts with their currency, and their sums. */
export function costOf(ledger: readonly LedgerLine[]): Cost {
  const lines = ledger.map(({ gateway, territory, messages, parts, ...line }) => ({
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

const moneyIn = (
  { currency, ...line }: Pick<LedgerLine, 'currency' | (typeof KINDS)[number]>,
  kind: (typeof KINDS)[number],
): Money | null => (currency === null ? null : { amount: amountOf(micros(line[kind])), currency });

/** What all of it cost in one currency; null where some of it has no price, or prices are of several currencies. */
export function wholeOf(prices: readonly (Money | null)[]): Money | null {
  const [sum, other] = sumsOf(prices.filter((price) => price !== null));
  return sum === undefined || other !== undefined || prices.includes(null) ? null : sum;
}

/** By how much more was spent than was foreseen, below nothing if less; null where the two do not compare. */
export function apart(spent: Money | null, foreseen: Money | null): Money | null {
  if (spent === null || foreseen?.currency !== spent.currency) return null;
  return { amount: amountOf(micros(spent.amount) - micros(foreseen.amount)), currency: spent.currency };
}
