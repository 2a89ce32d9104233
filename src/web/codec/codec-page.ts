import { escaped } from '../page/escaped.ts';
import { framed, type Page } from '../public/form-frame.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

/** Where an operator stands with the page of Temporal. */
export interface CodecShown {
  readonly language: Language;
  /** Temporal's page. */
  readonly ui: string;
  /** What that page is to ask, as its settings want it. */
  readonly endpoint: string;
  readonly state: 'in' | 'out' | 'refused';
}

/** Where an operator gives a key, so that Temporal’s page shows what workflows were told. */
export function codecPage({ language, state, ...places }: CodecShown): Page {
  const words = wordsIn(language).publicPages.codec;
  const main = state === 'in' ? opened(words, places) : asked(words, state === 'refused');
  return framed({ language, title: words.title }, `<header><h1>${words.title}</h1></header>\n${main}`);
}

type Words = Catalogue['publicPages']['codec'];

const asked = (words: Words, isRefused: boolean): string => `
<p class="lead">${words.lead}</p>
${isRefused ? `<p role="alert"><strong>${words.refused}</strong></p>` : ''}
<form method="post" action="/codec">
<p><label for="key">${words.key}</label>
<input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200"></p>
<p><button>${words.enter}</button></p>
</form>`;

const opened = (words: Words, { ui, endpoint }: Pick<CodecShown, 'ui' | 'endpoint'>): string => `
<p class="lead" role="status">${words.in}</p>
<p>${words.next}</p>
<ol>${words
  .steps(escaped(endpoint))
  .map((step) => `<li>${step}</li>`)
  .join('\n')}</ol>
<p><a class="onward" href="${escaped(ui)}">${words.back}</a></p>
<form method="post" action="/codec"><p><button>${words.leave}</button></p></form>`;
