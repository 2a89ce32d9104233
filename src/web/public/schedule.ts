import express, { type Express, type Handler, type Request } from 'express';
import { DateTime } from 'luxon';
import { evenlyAfter, html, type Html, inLines } from '../../base/index.ts';
import {
  findSchedule,
  type ScheduleDeps,
  type ShownInstalment,
  type ShownSchedule,
} from '../../reminders/index.ts';
import { budgets } from '../server/budgets.ts';
import { Bound, neighbourhood } from '../server/bounds.ts';
import { sendReply, type FormReply, languageAsked } from './form-visit.ts';
import { nameRoute } from '../server/request-log.ts';
import { showMoney } from '../../sms/index.ts';
import { framed, type FramedPage } from '../page/page.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { onOutage } from '../server/answer.ts';

const TEMPLATE = '/s/{token}';
/** Limits visitors who guess names; an existing plan is always shown. */
const { misses: MISSES } = budgets.classes.schedules.ofAddress;
const MISSES_SECONDS = MISSES.withinMs / 1_000;
const AWAY_SECONDS = 60;
/** Every answer takes as long: the time reveals nothing of a link. */
const ANSWERED_AFTER_MS = 150;

export interface SchedulePages extends ScheduleDeps {
  /** Proxies whose headers on a visitor's address are trusted. */
  readonly trustedProxies: readonly string[];
}

/** Serves the payment plan at `/s/{token}`: shown to holders of the link, until its last date; it changes nothing. */
export function schedulePages(parts: SchedulePages): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', [...parts.trustedProxies]);
  app.set('case sensitive routing', true);
  const place = { parts, misses: new Bound(MISSES.most, MISSES.withinMs) };
  app.get(
    '/:token',
    evenly((req) => shown(place, req)),
  );
  app.use(evenly((req) => Promise.resolve(lost(place, req, 'gone'))));
  return app.use(away);
}

interface Place {
  readonly parts: SchedulePages;
  /** Invalid links, by visitor. */
  readonly misses: Bound;
}

const evenly =
  (answer: (req: Request) => Promise<FormReply>): Handler =>
  async (req, res) => {
    nameRoute(res, TEMPLATE);
    sendReply(res, await evenlyAfter(ANSWERED_AFTER_MS, answer(req)));
  };

async function shown(place: Place, req: Request): Promise<FormReply> {
  const token = String(req.params['token']);
  const found = await findSchedule(place.parts, token);
  if (found.kind !== 'found') return lost(place, req, found.kind);
  const language = languageAsked(req, found.schedule.tenant.locale);
  const otherLanguage = `/s/${encodeURIComponent(token)}?lang=${language === 'fr' ? 'en' : 'fr'}`;
  return { status: 200, page: schedulePage({ ...found.schedule, language, otherLanguage }) };
}

function lost({ parts, misses }: Place, req: Request, kind: 'gone' | 'expired'): FormReply {
  const language = languageAsked(req);
  const patient = misses.admits(neighbourhood(req.ip ?? ''), parts.clock.monotonic());
  if (!patient)
    return { status: 429, page: noSchedulePage('many', language), retryAfterSeconds: MISSES_SECONDS };
  return { status: kind === 'expired' ? 410 : 404, page: noSchedulePage(kind, language) };
}

const away = onOutage(({ req, res }) =>
  sendReply(res, {
    status: 503,
    page: noSchedulePage('away', languageAsked(req)),
    retryAfterSeconds: AWAY_SECONDS,
  }),
);

interface SchedulePage extends ShownSchedule {
  readonly language: Language;
  readonly otherLanguage: string;
}

/** Shows each date and amount of a plan; whoever has the link reads it. */
export function schedulePage(page: SchedulePage): FramedPage {
  const { language, brand, otherLanguage } = page;
  const words = wordsIn(language).publicPages.schedule;
  const main = html`<header><p class="company">${brand}</p><h1>${words.title}</h1><p class="lead">${words.lead.replace('{company}', () => brand)}</p></header>
${tableOf(page)}
<p class="hint">${words.asked}</p>
${publisher(page)}`;
  return framed({ language, title: `${words.title} · ${brand}`, otherLanguage }, main);
}

/** Explains why a plan is not shown; or asks the visitor to come back. */
export function noSchedulePage(why: 'gone' | 'expired' | 'many' | 'away', language: Language): FramedPage {
  const words = wordsIn(language).publicPages.schedule;
  const title = words[`${why}Title`];
  return framed(
    { language, title },
    html`<header><h1>${title}</h1><p class="lead">${words[`${why}Lead`]}</p></header>\n<p>${words.instead}</p>`,
  );
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

function publisher({ language, tenant: { legalName, contact } }: SchedulePage): Html {
  const words = wordsIn(language).publicPages.schedule;
  const means = [contact.phone, contact.email, contact.address, contact.url].filter(
    (one) => one !== undefined && one !== '',
  );
  const reach =
    means.length > 0 && html` ${words.reach}${wordsIn(language).punctuation.colon}${means.join(', ')}.`;
  return html`<section class="data" aria-label="${words.editor}"><p>${words.editor} ${legalName}.${reach}</p></section>`;
}
