import { languageOf } from './language.ts';
import { summaries as english } from './english/temporal.ts';
import { summaries as french, type Summaries } from './french/temporal.ts';

/** What Temporal says of each workflow, in the language of a locale; of what belongs to no tenant, in French. */
export const summariesIn = (locale = 'fr'): Summaries => (languageOf(locale) === 'en' ? english : french);
