import { refusals, type RefusalCode } from '../errors.ts';
import type { Language, Words } from '../law/rule.ts';
import { onPages as onEnglishPages } from './english/refusals.ts';
import { onPages as onFrenchPages, titles } from './french/refusals.ts';

const ON_PAGES: Readonly<Record<Language, Partial<Readonly<Record<RefusalCode, string>>>>> = {
  fr: onFrenchPages,
  en: onEnglishPages,
};

/** What the code of a refusal means to a program and its author. */
export const refusalTitle = (code: RefusalCode, language: Language): string =>
  language === 'fr' ? titles[code] : refusals[code].title;

/** The same in each language. */
export const refusalWords = (code: RefusalCode): Words => ({
  fr: refusalTitle(code, 'fr'),
  en: refusalTitle(code, 'en'),
});

/** What it means to somebody who reads a page. */
export const refusalOnPage = (code: RefusalCode, language: Language): string =>
  ON_PAGES[language][code] ?? refusalTitle(code, language);
