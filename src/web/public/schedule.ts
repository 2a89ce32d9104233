import type { Express, Request } from 'express';
import { DateTime } from 'luxon';
import { html, type Html, inLines } from '../../base/index.ts';
import {
  findSchedule,
  type ScheduleDeps,
  type ShownInstalment,
  type ShownSchedule,
} from '../../reminders/index.ts';
import { budgets } from '../server/budgets.ts';
import { type FormReply, languageAsked } from './form-visit.ts';
import { linkAddresses, linkApp, publisher, type LinkParts } from './link-page.ts';
import { showMoney } from '../../sms/index.ts';
import { framed, type FramedPage } from '../page/page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

export type SchedulePages = ScheduleDeps & LinkParts;

const AT = '/s';
const KIND = { at: AT, words: 'schedule', misses: budgets.classes.schedules.ofAddress.misses } as const;

/** Serves payment plans at `/s/{token}`, to whoever has the link, until the last date of the plan. */
export const schedulePages = (parts: SchedulePages): Express =>
  linkApp(KIND, parts, (app, { evenly, lost }) => {
    const shown = async (req: Request): Promise<FormReply> => {
      const token = String(req.params['token']);
      const found = await findSchedule(parts, token);
      if (found.kind !== 'found') return lost(req, found.kind);
      const language = languageAsked(req, found.schedule.tenant.locale);
      const { otherLanguage } = linkAddresses(AT, token, language);
      return { status: 200, page: schedulePage({ ...found.schedule, language, otherLanguage }) };
    };
    app.get('/:token', evenly(shown));
  });

interface SchedulePage extends ShownSchedule {
  readonly language: Language;
  readonly otherLanguage: string;
}

/** Renders each date and amount of a payment plan. */
export function schedulePage(page: SchedulePage): FramedPage {
  const { language, brand, otherLanguage } = page;
  const words = wordsIn(language).publicPages.schedule;
  const main = html`<header><p class="company">${brand}</p><h1>${words.title}</h1><p class="lead">${words.lead.replace('{company}', () => brand)}</p></header>
${tableOf(page)}
<p class="hint">${words.asked}</p>
${publisher(words, page.tenant, { language })}`;
  return framed({ language, title: `${words.title} · ${brand}`, otherLanguage }, main);
}

function tableOf({ language, label, instalments }: SchedulePage): Html {
  const words = wordsIn(language).publicPages.schedule;
  const caption = label ?? words.title;
  const heads = [words.number, words.date, words.amount, words.state];
  return html`<table class="due">
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${inLines(instalments.map((one) => rowOf(one, language)))}
</tbody>
</table>`;
}

function rowOf({ number, dueOn, amount, state }: ShownInstalment, language: Language): Html {
  const words = wordsIn(language).publicPages.schedule;
  const on = DateTime.fromISO(dueOn, { locale: wordsIn(language).dates.locale }).toFormat('d MMMM yyyy');
  const cells = [html`<time datetime="${dueOn}">${on}</time>`, showMoney(amount, language), words[state]];
  return html`<tr><th scope="row">${number}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}
