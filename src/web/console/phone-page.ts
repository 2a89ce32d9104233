import { html, type Html, type Part } from '../../platform/index.ts';
import { figureIn } from './moment-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A message as its recipient would see it, with its size. */
export interface PhoneShown {
  /** Which message it is. */
  readonly title: Part;
  readonly sender: string;
  readonly text: string;
  readonly encoding: string;
  readonly parts: number;
  readonly units: number;
  readonly remaining: number;
  /** Characters that make it dearer. */
  readonly costly: readonly string[];
}

/** Draws a telephone with one message on it; costly characters are marked. */
export function phone(shown: PhoneShown, language: Language): Html {
  const words = wordsIn(language).campaignPages.phone;
  const { parts, encoding, units, remaining } = shown;
  const weight = html`<strong>${figureIn(parts, language)} SMS</strong> · ${encoding} · ${figureIn(units, language)} ${words.of} ${figureIn(units + remaining, language)}`;
  return html`<figure class="phone${parts > 1 ? ' dear' : ''}"><div class="screen"><p class="from"><span class="unseen">${words.sender} </span>${shown.sender}</p><p class="bubble" translate="no">${marked(shown.text, shown.costly, words.costly)}</p></div>
<figcaption>${shown.title}<br>${weight}</figcaption></figure>`;
}

function marked(text: string, costly: readonly string[], title: string): readonly Part[] {
  const signs = new Set(costly);
  return Array.from(text.normalize('NFC'), (sign) => {
    const shown = sign === '\n' ? html`<br>` : sign;
    return signs.has(sign) ? html`<mark title="${title}">${shown}</mark>` : shown;
  });
}
