import type { Language } from '../words/index.ts';

/** An amount in contracts and budgets. */
export interface Money {
  /** Decimal string with a point: `"25.00"`. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Millionths of a currency, the finest unit of prices. */
type Micros = bigint;

const DECIMALS = 6;

/** Parses a decimal of at most six places to millionths; it may be negative. */
export function micros(amount: string): Micros {
  const [, sign, units = '', rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const fine = rest.slice(DECIMALS);
  if (units === '' || /[1-9]/.test(fine)) throw new RangeError('not an amount of six decimals at most');
  const value = BigInt(units + rest.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
  return sign === '-' ? -value : value;
}

/** Formats millionths as a decimal, with cents and finer digits: `"12.50"`, `"0.165"`. */
export function amountOf(value: Micros): string {
  const digits = String(value < 0n ? -value : value).padStart(DECIMALS + 1, '0');
  const rest = digits.slice(-DECIMALS).replace(/0{1,4}$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${rest}`;
}

/** Sums amounts, one for each currency, in the order of their codes. */
export function sumsOf(amounts: readonly Money[]): readonly Money[] {
  const sums = new Map<string, Micros>();
  for (const { amount, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0n) + micros(amount));
  return [...sums]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, sum]) => ({ amount: amountOf(sum), currency }));
}

/** Returns the cost of a number of parts, as a decimal. */
export const costOfParts = (perPart: string, parts: number): string =>
  amountOf(micros(perPart) * BigInt(parts));

/** Signs that are in GSM-7; other currencies keep their code. */
const SIGNS: Readonly<Record<string, string>> = { EUR: '€', GBP: '£', USD: '$', JPY: '¥' };

/** Currencies without cents; XPF is the franc of the Pacific. */
const WHOLE = new Set(['XPF', 'JPY', 'XAF', 'XOF', 'KRW']);

/** Formats an amount: « 1 250,00 € » or "€1,250.00", with plain spaces: a no-break space is not in GSM-7. */
export function showMoney({ amount, currency }: Money, language: Language): string {
  const [units = '', cents = ''] = amount.split('.');
  const decimals = WHOLE.has(currency) ? cents.replace(/^0+$/, '') : cents.padEnd(2, '0');
  const grouped = units.replace(/\B(?=(?:\d{3}){1,9}$)/g, language === 'fr' ? ' ' : ',');
  const point = language === 'fr' ? ',' : '.';
  const number = decimals === '' ? grouped : grouped + point + decimals;
  const sign = SIGNS[currency];
  return language === 'en' && sign !== undefined ? sign + number : `${number} ${sign ?? currency}`;
}
