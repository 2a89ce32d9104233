import { html, type Html, nothing } from '../../platform/index.ts';
import { actForm } from './form-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** One halt, with the sentence that the API tells of it. */
export interface HaltSeen {
  /** The account; null for everything. */
  readonly gateway: string | null;
  readonly forAll: boolean;
  readonly text: string;
}

/** That nothing leaves until an admin opens the instance. */
export const sealedSentence = (language: Language): string => wordsIn(language).companyPages.halt.sealed;

/** What stands on every page while sending is halted: one line a halt, with the button that lifts it. */
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

/** The one button that lifts a halt; what the instance halted for everybody has none. */
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
