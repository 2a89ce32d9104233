import { DateTime } from 'luxon';
import type { Language } from '../law/rule.ts';
import { escaped } from './escaped.ts';

/** Who reads, in which language and zone. */
export interface Reading {
  readonly language: Language;
  /** IANA. */
  readonly zone: string;
}

/** An instant as people of that zone say it; a dash for none. */
export function momentIn(at: string | null | undefined, { language, zone }: Reading): string {
  if (at == null) return '–';
  const moment = DateTime.fromISO(at, { zone, locale: language === 'fr' ? 'fr' : 'en-GB' });
  if (!moment.isValid) return escaped(at);
  const text = moment.toFormat(language === 'fr' ? "ccc d LLL yyyy HH'h'mm" : 'ccc d LLL yyyy HH:mm');
  return `<time datetime="${escaped(at)}">${escaped(text)}</time>`;
}

/** A figure as that language groups its digits. */
export const figureIn = (value: number, language: Language): string =>
  escaped(new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB').format(value));

/** An amount of money as that language writes it. */
export const moneyIn = (
  { amount, currency }: { readonly amount: string; readonly currency: string },
  language: Language,
): string =>
  escaped(
    new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: 4,
    }).format(Number(amount)),
  );
