import { english } from './english/index.ts';
import { french } from './french/index.ts';
import { paired, languageOf, type Language, type Translation, type Words } from './translation.ts';
import { englishReasons } from './english/refusals.ts';
import { filled, type FactsOf } from './fault.ts';
import { reasons as frenchReasons } from './french/refusals.ts';
import { englishRoles, englishSummaries } from './english/terms.ts';
import { roles as frenchRoles, summaries as frenchSummaries, type Summaries } from './french/terms.ts';

/** Every entry of a language. */
export type Catalogue = Translation<typeof french>;

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { fr: french, en: english };

/** Returns the catalogue of a language. */
export const wordsIn = (language: Language): Catalogue => CATALOGUES[language];

/** Both catalogues as one: each sentence in both languages. */
export const bilingual = paired<Catalogue>(french, english);

/** The name of a sentence of the planners. */
type ReasonName = keyof typeof frenchReasons;

/** Returns a planners' sentence in each language. */
export const reasonWords = <Name extends ReasonName>(
  name: Name,
  ...[facts]: FactsOf<(typeof frenchReasons)[Name]>
): Words => filled({ fr: frenchReasons[name], en: englishReasons[name] }, facts);

const NAMES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  fr: frenchRoles,
  en: englishRoles,
};

/** Returns the display name of a role. */
export const roleName = (role: string, language: Language): string => NAMES[language][role] ?? role;

/** Returns the summaries of workflows in the language of a locale; French for work of no tenant. */
export const summariesIn = (locale = 'fr'): Summaries =>
  languageOf(locale) === 'en' ? englishSummaries : frenchSummaries;
