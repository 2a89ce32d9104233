import { Duration, type DurationLikeObject } from 'luxon';
import { wordsIn, type Language, type Words } from '../words/index.ts';

export { withDe } from '../words/index.ts';

/**
 * Formats a duration, in ISO 8601 or in units, for a sentence: `3 ans`, `une heure`, `one month`. Hours, days and
 * weeks keep their unit; other units become larger ones where they fit.
 */
export function howLong(span: string | DurationLikeObject): Words {
  const duration = typeof span === 'string' ? Duration.fromISO(span) : Duration.fromObject(span);
  const { days, weeks, hours } = duration.toObject();
  const keepsItsUnit = (days ?? weeks ?? hours) !== undefined;
  const readable = keepsItsUnit ? duration : duration.rescale();
  const inLanguage = (locale: Language): string =>
    oneInWords(readable.reconfigure({ locale }).toHuman(), locale);
  return { fr: inLanguage('fr'), en: inLanguage('en') };
}

const oneInWords = (text: string, language: Language): string =>
  text.replaceAll(/(?<![\d.,])1\s(?=(\p{L}+))/gu, (_, unit: string) => wordsIn(language).dates.one(unit));
