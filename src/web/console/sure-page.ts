import { attributes, html, inLines } from '../../platform/index.ts';
import type { ConsolePage } from './frame-page.ts';
import { bilingual, type Language } from '../../words/index.ts';

const BACK = bilingual.sure.back;

/** The effect of an order, shown before it is given. */
export interface OrderQuestion {
  readonly title: string;
  /** The consequences in sentences; the number of people first. */
  readonly lines: readonly string[];
  /** The button that gives the order, with its effect in words. */
  readonly label: string;
  /** The address that changes nothing, under `/console`. */
  readonly back: string;
}

/** Asks once before an irreversible act; it works without a script. */
export function surePage(
  language: Language,
  { title, lines, label, back }: OrderQuestion,
  order: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
): ConsolePage {
  const hidden = Object.entries({ ...order.fields, sure: 'yes' }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return {
    title,
    main: html`${inLines(lines.map((line, index) => html`<p${attributes({ class: index === 0 && 'alert' })}>${line}</p>`))}
<div class="acts"><form method="post" action="${order.action}">${hidden}<button class="danger">${label}</button></form><a class="button" href="/console${back}">${BACK[language]}</a></div>`,
  };
}
