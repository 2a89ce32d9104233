import { html, type Html } from '../../platform/index.ts';
import { actForm } from './form-page.ts';
import { figureIn } from './moment-page.ts';
import { phone } from './phone-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

interface Example {
  readonly to: string;
  readonly text: string;
  readonly encoding: string;
  readonly parts: number;
  readonly units: number;
  readonly remaining: number;
  readonly offenders: readonly { readonly character: string }[];
}

/** A draft's text and its cheapest and most expensive message. */
export interface ExamplesSeen {
  readonly text: string;
  readonly sender: string;
  readonly clear: boolean;
  readonly cheapest: Example | null;
  readonly dearest: Example | null;
}

/** Characters that make messages dearer, by number of people. */
type Costly = readonly { readonly character: string; readonly people: number }[];

/** Shows two telephones side by side, and what makes the second dearer. */
export function examplesPart(
  seen: ExamplesSeen,
  about: {
    readonly id: string;
    readonly costly: Costly;
    readonly language: Language;
    readonly mayReadClear: boolean;
  },
): Html {
  const { id, costly, language, mayReadClear } = about;
  const words = wordsIn(language).campaignPages.examples;
  const phones = (['cheapest', 'dearest'] as const).flatMap((which) => {
    const example = seen[which];
    if (example === null) return [];
    const title = html`<strong>${words[which]}</strong> · ${example.to}`;
    const signs = example.offenders.map(({ character }) => character);
    return [phone({ ...example, title, sender: seen.sender, costly: signs }, language)];
  });
  const reader =
    mayReadClear && !seen.clear ? actForm({ action: `/campaigns/${id}/examples`, label: words.read }) : '';
  const body =
    phones.length === 0
      ? html`<p class="faint">${words.none}</p>`
      : html`<div class="phones">${phones}<div>${dearer(seen, costly, language)}<p class="faint">${seen.clear ? words.onRecord : words.standIn}</p>${reader}</div></div>`;
  return html`<section aria-labelledby="examples"><h2 id="examples">${words.title}</h2>
${body}
<p><a href="/console/campaigns/${id}/edit">${words.edit}</a></p></section>`;
}

function dearer({ text }: ExamplesSeen, costly: Costly, language: Language): Html {
  const words = wordsIn(language).campaignPages.examples;
  if (costly.length === 0) return html`<p>${words.same}</p>`;
  const lines = costly.map(({ character, people }) => {
    const where = text.normalize('NFC').includes(character) ? words.inText : words.inPeople;
    return html`<li><mark>${character}</mark> ${where}${wordsIn(language).punctuation.colon}${figureIn(people, language)} ${words.people}</li>`;
  });
  return html`<h3>${words.dearer}</h3><ul>${lines}</ul>`;
}
