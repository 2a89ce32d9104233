import type { ConsolePage } from './frame-page.ts';
import { escaped } from '../page/escaped.ts';
import { bilingual, type Language } from '../../words/index.ts';

const BACK = bilingual.sure.back;

/** What an order would do, told before it is given. */
export interface Question {
  readonly title: string;
  /** What would come of it, in sentences; how many people first. */
  readonly lines: readonly string[];
  /** The button that gives the order, saying what it does. */
  readonly label: string;
  /** Where nothing is changed, under `/console`. */
  readonly back: string;
}

/** Asks once before what cannot be undone; it works without a script. */
export function surePage(
  language: Language,
  { title, lines, label, back }: Question,
  order: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
): ConsolePage {
  const hidden = Object.entries({ ...order.fields, sure: 'yes' }).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return {
    title,
    main: `${lines.map((line, index) => `<p${index === 0 ? ' class="alert"' : ''}>${escaped(line)}</p>`).join('\n')}
<div class="acts"><form method="post" action="${escaped(order.action)}">${hidden.join('')}<button class="danger">${escaped(label)}</button></form><a class="button" href="/console${escaped(back)}">${BACK[language]}</a></div>`,
  };
}
