import { html, type Html, nothing } from '../../platform/index.ts';
import { actForm } from './form-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** One halt, with the API's sentence on it. */
export interface HaltSeen {
  /** The account; null for everything. */
  readonly gateway: string | null;
  readonly forAll: boolean;
  readonly text: string;
}

/** Returns the sentence that nothing is sent until an admin opens the instance. */
export const sealedSentence = (language: Language): string => wordsIn(language).companyPages.halt.sealed;

/** Shows the halts in force on every page: one line each, with the button that lifts it. */
export function haltBar(
  { sealed, halts }: { readonly sealed: boolean; readonly halts: readonly HaltSeen[] },
  reader: { readonly language: Language; readonly mayRelease: boolean; readonly at: string },
): Html {
  if (!sealed && halts.length === 0) return nothing;
  const words = wordsIn(reader.language).companyPages.halt;
  const lines = [
    ...(sealed ? [html`<p>${words.sealed}</p>`] : []),
    ...halts.map((halt) => html`<p>${halt.text}</p>${reader.mayRelease ? releaseOf(halt, reader) : ''}`),
  ];
  return html`<section aria-label="${words.region}">${lines.map((line) => html`<div class="halt-bar">${line}</div>`)}</section>
`;
}

/** Renders the one button that lifts a halt; a halt of the instance for everybody has none. */
export function releaseOf(
  { gateway, forAll }: HaltSeen,
  { language, at }: { readonly language: Language; readonly at?: string },
): Html {
  const words = wordsIn(language).companyPages.halt;
  if (forAll) return nothing;
  const hidden = { halted: 'false', ...(at === undefined ? {} : { from: at }) };
  if (gateway === null) return actForm({ action: '/halt', label: words.releaseAll, hidden });
  const action = `/gateways/${encodeURIComponent(gateway)}/halt`;
  return actForm({ action, label: words.release, hidden, about: gateway });
}
