import { figureIn } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A message as its reader would see it, and what it weighs. */
export interface PhoneShown {
  /** Which message it is, as HTML. */
  readonly title: string;
  readonly sender: string;
  readonly text: string;
  readonly encoding: string;
  readonly parts: number;
  readonly units: number;
  readonly remaining: number;
  /** Characters that make it dearer. */
  readonly costly: readonly string[];
}

/** A telephone with one message on it; what makes the message dearer is marked. */
export function phone(shown: PhoneShown, language: Language): string {
  const words = wordsIn(language).campaignPages.phone;
  const { parts, encoding, units, remaining } = shown;
  const weight = `<strong>${figureIn(parts, language)} SMS</strong> · ${escaped(encoding)} · ${figureIn(units, language)} ${words.of} ${figureIn(units + remaining, language)}`;
  return `<figure class="phone${parts > 1 ? ' dear' : ''}"><div class="screen"><p class="from"><span class="unseen">${words.sender} </span>${escaped(shown.sender)}</p><p class="bubble" translate="no">${marked(shown.text, shown.costly, words.costly)}</p></div>
<figcaption>${shown.title}<br>${weight}</figcaption></figure>`;
}

function marked(text: string, costly: readonly string[], title: string): string {
  const signs = new Set(costly);
  const words = Array.from(text.normalize('NFC'), (sign) =>
    signs.has(sign) ? `<mark title="${title}">${escaped(sign)}</mark>` : escaped(sign),
  );
  return words.join('').replaceAll('\n', '<br>');
}
