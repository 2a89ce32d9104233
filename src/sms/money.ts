import type { Language } from '../law/rule.ts';

/** An amount as contracts and budgets carry it. */
export interface Money {
  /** Decimal string with a point: `"25.00"`. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Signs that GSM-7 has; other currencies keep their code. */
const SIGNS: Readonly<Record<string, string>> = { EUR: '€', GBP: '£', USD: '$', JPY: '¥' };

/** Currencies without cents; XPF is the franc of the Pacific. */
const WHOLE = new Set(['XPF', 'JPY', 'XAF', 'XOF', 'KRW']);

/** « 1 250,00 € » or "€1,250.00", with plain spaces: a no-break space is not in GSM-7. */
export function showMoney({ amount, currency }: Money, language: Language): string {
  const [units = '', cents = ''] = amount.split('.');
  const decimals = WHOLE.has(currency) ? cents.replace(/^0+$/, '') : cents.padEnd(2, '0');
  const grouped = units.replace(/\B(?=(?:\d{3}){1,9}$)/g, language === 'fr' ? ' ' : ',');
  const point = language === 'fr' ? ',' : '.';
  const figure = decimals === '' ? grouped : grouped + point + decimals;
  const sign = SIGNS[currency];
  return language === 'en' && sign !== undefined ? sign + figure : `${figure} ${sign ?? currency}`;
}
