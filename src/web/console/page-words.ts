import { DateTime, type DateTimeOptions } from 'luxon';
import { html, type Html } from '../../platform/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The reader's language and zone. */
export interface Reading {
  readonly language: Language;
  /** IANA. */
  readonly zone: string;
}

/** Renders an instant in that zone; a dash for none. */
export function momentIn(at: string | null | undefined, { language, zone }: Reading): Html {
  return at == null ? html`–` : timeElement(at, language, { zone });
}

/** The same as a text, without markup. */
export const momentSaid = (at: string, { language, zone }: Reading): string =>
  textOf(DateTime.fromISO(at, { zone, locale: localeOf(language) }), { at, language });

const YOURS = bilingual.consolePages.yourTime;

/** Renders an instant in the zone of its people, and in the reader's where that shows another hour. */
export function momentThereAndHere(at: string, reading: Reading, place = ''): Html {
  const [there, here] = [momentThere(at, reading), momentIn(at, reading)];
  const where = place !== '' && `${place}, `;
  return there.source === here.source ? there : html`${there} (${where}${here} ${YOURS[reading.language]})`;
}

/** Renders an instant in the zone it was written with: that of its people. */
export function momentThere(at: string | null | undefined, reading: Reading): Html {
  // Written in UTC, it says nothing of any place.
  return at == null || at.endsWith('Z')
    ? momentIn(at, reading)
    : timeElement(at, reading.language, { setZone: true });
}

/** A calendar day has no hour. */
const isDay = (at: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(at);

function timeElement(at: string, language: Language, clock: DateTimeOptions): Html {
  const moment = DateTime.fromISO(at, { ...clock, locale: localeOf(language) });
  if (!moment.isValid) return html`${at}`;
  return html`<time datetime="${at}">${textOf(moment, { at, language })}</time>`;
}

const localeOf = (language: Language): string => wordsIn(language).dates.locale;

const textOf = (
  moment: DateTime,
  { at, language }: { readonly at: string; readonly language: Language },
): string => moment.toFormat(`ccc d LLL yyyy${isDay(at) ? '' : ` ${wordsIn(language).dates.hour}`}`);

/** Formats a figure with the digit groups of a language, as text. */
export const figureIn = (value: number, language: Language): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB').format(value);

/** Formats an amount of money in a language. */
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

/** Returns the name of a territory; its code when it is unknown. */
export const territoryIn = (territory: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).territories;
  return words[territory] ?? territory;
};

/** Purposes in plain words. */
const PURPOSE_WORDS: Readonly<Record<string, Words>> = bilingual.peoplePages.purposes;

const SAID: Readonly<Record<string, Words>> = { ...PURPOSE_WORDS, ...bilingual.peoplePages.said };

/** Words a code in the reader's language; an unknown one is shown as it is. */
export const personWord = (word: string, language: Language): string => SAID[word]?.[language] ?? word;

const FIELDS: Readonly<Record<string, Words>> = bilingual.companyPages.fields;

/** Returns the name of a setting, or of one of its values. */
export const settingName = (name: string, language: Language): string =>
  FIELDS[name]?.[language] ?? territoryIn(name, language);
