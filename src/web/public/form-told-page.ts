import { escaped } from '../page/escaped.ts';
import { framed, type Page } from './form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A refusal or an outcome told on a page of its own. */
export type Told =
  | 'refused'
  | 'again'
  | 'late'
  | 'early'
  | 'odd'
  | 'large'
  | 'elsewhere'
  | 'many'
  | 'closed'
  | 'gone'
  | 'deadLink'
  | 'away';

/** Where a page leads on to. */
export interface Onward {
  readonly href: string;
  readonly word: 'back' | 'toCode' | 'otherNumber';
}

/** A page that says one thing, politely, and where to go from there. */
export function toldPage(
  told: Told,
  about: {
    readonly language: Language;
    readonly within: readonly string[] | undefined;
    readonly onward?: Onward | undefined;
  },
): Page {
  const { language, within, onward } = about;
  const words = wordsIn(language).publicPages.form;
  const title = words[`${told}Title`];
  const link =
    onward === undefined
      ? ''
      : `<p><a class="onward" href="${escaped(onward.href)}">${words[onward.word]}</a></p>`;
  return framed(
    { language, title, within },
    `<header><h1>${title}</h1><p class="lead">${words[`${told}Lead`]}</p></header>\n${link}`,
  );
}
