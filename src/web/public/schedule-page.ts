import { DateTime } from 'luxon';
import type { ShownInstalment, ShownSchedule } from '../../reminders/index.ts';
import { showMoney } from '../../sms/index.ts';
import { escaped } from '../page/escaped.ts';
import { framed, type Page } from './form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A payment plan in the reader's language. */
export interface SchedulePage extends ShownSchedule {
  readonly language: Language;
  readonly otherLanguage: string;
}

/** Each date and amount of a plan; whoever has the link reads it. */
export function schedulePage(page: SchedulePage): Page {
  const { language, brand, otherLanguage } = page;
  const words = wordsIn(language).publicPages.schedule;
  const main = `<header><p class="company">${escaped(brand)}</p><h1>${words.title}</h1><p class="lead">${words.lead.replace('{company}', () => escaped(brand))}</p></header>
${tableOf(page)}
<p class="hint">${words.asked}</p>
${publisher(page)}`;
  return framed({ language, title: `${words.title} · ${brand}`, otherLanguage }, main);
}

/** A plan that is not shown, and why; or a visitor who must come back. */
export function noSchedulePage(why: 'gone' | 'expired' | 'many' | 'away', language: Language): Page {
  const words = wordsIn(language).publicPages.schedule;
  const title = words[`${why}Title`];
  return framed(
    { language, title },
    `<header><h1>${title}</h1><p class="lead">${words[`${why}Lead`]}</p></header>\n<p>${words.instead}</p>`,
  );
}

function tableOf({ language, label, instalments }: SchedulePage): string {
  const words = wordsIn(language).publicPages.schedule;
  const caption = label === undefined ? words.title : escaped(label);
  const heads = [words.number, words.date, words.amount, words.state];
  return `<table class="due">
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>
${instalments.map((one) => rowOf(one, language)).join('\n')}
</tbody>
</table>`;
}

function rowOf({ number, dueOn, amount, state }: ShownInstalment, language: Language): string {
  const words = wordsIn(language).publicPages.schedule;
  const on = DateTime.fromISO(dueOn, { locale: wordsIn(language).dates.locale }).toFormat('d MMMM yyyy');
  const cells = [
    `<time datetime="${escaped(dueOn)}">${on}</time>`,
    escaped(showMoney(amount, language)),
    words[state],
  ];
  return `<tr><th scope="row">${number}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function publisher({ language, tenant: { legalName, contact } }: SchedulePage): string {
  const words = wordsIn(language).publicPages.schedule;
  const means = [contact.phone, contact.email, contact.address, contact.url].filter(
    (one) => one !== undefined && one !== '',
  );
  const reach =
    means.length === 0
      ? ''
      : ` ${words.reach}${wordsIn(language).punctuation.colon}${escaped(means.join(', '))}.`;
  return `<section class="data" aria-label="${words.editor}"><p>${words.editor} ${escaped(legalName)}.${reach}</p></section>`;
}
