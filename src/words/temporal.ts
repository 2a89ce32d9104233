import { languageOf } from './language.ts';
import { englishSummaries as english } from './english/temporal.ts';
import { summaries as french, type Summaries } from './french/temporal.ts';

/** Returns the summaries of workflows in the language of a locale; French for work of no tenant. */
export const summariesIn = (locale = 'fr'): Summaries => (languageOf(locale) === 'en' ? english : french);
