import { DateTime, type DateTimeOptions } from 'luxon';
import { html, type Html } from '../../platform/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';

/** Who reads, in which language and zone. */
export interface Reading {
  readonly language: Language;
  /** IANA. */
  readonly zone: string;
}

/** An instant as people of that zone say it; a dash for none. */
export function momentIn(at: string | null | undefined, { language, zone }: Reading): Html {
  return at == null ? html`–` : told(at, language, { zone });
}

/** The same as a text, without markup. */
export const momentSaid = (at: string, { language, zone }: Reading): string =>
  textOf(DateTime.fromISO(at, { zone, locale: localeOf(language) }), { at, language });

const YOURS = bilingual.consolePages.yourTime;

/** An instant on the clock of the people it is for, and on the reader's where that shows another hour. */
export function momentThereAndHere(at: string, reading: Reading, place = ''): Html {
  const [there, here] = [momentThere(at, reading), momentIn(at, reading)];
  const where = place !== '' && `${place}, `;
  return there.source === here.source ? there : html`${there} (${where}${here} ${YOURS[reading.language]})`;
}

/** An instant on the clock that it was written with: that of the people it is for. */
export function momentThere(at: string | null | undefined, reading: Reading): Html {
  // Written in UTC, it says nothing of any place.
  return at == null || at.endsWith('Z')
    ? momentIn(at, reading)
    : told(at, reading.language, { setZone: true });
}

/** A day of a calendar begins at no hour. */
const isDay = (at: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(at);

function told(at: string, language: Language, clock: DateTimeOptions): Html {
  const moment = DateTime.fromISO(at, { ...clock, locale: localeOf(language) });
  if (!moment.isValid) return html`${at}`;
  return html`<time datetime="${at}">${textOf(moment, { at, language })}</time>`;
}

const localeOf = (language: Language): string => wordsIn(language).dates.locale;

const textOf = (
  moment: DateTime,
  { at, language }: { readonly at: string; readonly language: Language },
): string => moment.toFormat(`ccc d LLL yyyy${isDay(at) ? '' : ` ${wordsIn(language).dates.hour}`}`);

/** A figure as that language groups its digits. */
export const figureIn = (value: number, language: Language): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB').format(value);

/** An amount of money as that language writes it. */
export const moneyIn = (
  { amount, currency }: { readonly amount: string; readonly currency: string },
  language: Language,
): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  }).format(Number(amount));
