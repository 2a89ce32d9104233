import express, { type Express, type Handler, type Request, type Response } from 'express';
import { scopeOfLink, type OptOutLink, CONSENT_PURPOSES, type ConsentPurpose } from '../../person/index.ts';
import { outageOf, Refusal } from '../../platform/index.ts';
import { evenlyAfter, html, nothing, type Html } from '../../base/index.ts';
import { budgets } from '../server/budgets.ts';
import { Bound, neighbourhood } from '../server/bounds.ts';
import { sendReply, type FormReply, languageAsked } from './form-visit.ts';
import {
  findOptOut,
  isStopped,
  press,
  Presses,
  whoseLink,
  type OptOutFound,
  type OptOutParts,
  type Press,
  type Pressed,
} from './opt-out-press.ts';
import { bodyReader } from '../server/read-body.ts';
import { nameRoute } from '../server/request-log.ts';
import type { ContactMeans } from '../../company/index.ts';
import { framed, type FramedPage } from '../page/page.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import type { Mounted } from '../server/edge.ts';
import { schedulePages, type SchedulePages } from './schedule.ts';
import { onError } from '../server/answer.ts';

const TEMPLATE = '/u/{token}';

/** Limits visitors who guess tokens; a press of a valid link is never refused. */
const { misses: MISSES } = budgets.classes.optOut.ofAddress;
const MISSES_SECONDS = MISSES.withinMs / 1_000;

/** Every answer takes as long: the time reveals nothing of a link. */
const ANSWERED_AFTER_MS = 150;

/** Serves the opt-out at `/u/{token}`: looking changes nothing, one press stops. */
function optOutPages(parts: OptOutParts & { readonly trustedProxies: readonly string[] }): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', [...parts.trustedProxies]);
  app.set('case sensitive routing', true);
  const misses = new Bound(MISSES.most, MISSES.withinMs);
  const place = { parts, misses, presses: new Presses<PressOutcome>() };
  app
    .route('/:token')
    .get(evenly((req) => looked(place, req)))
    .post(evenly(async (req, res) => pressed(place, req, await bodyOf(req, res))));
  app.use(evenly((req) => Promise.resolve(lost(place, req, 'gone'))));
  return app.use(away);
}

interface Place {
  readonly parts: OptOutParts;
  /** Invalid links, by visitor. */
  readonly misses: Bound;
  readonly presses: Presses<PressOutcome>;
}

/** The reply to a visitor: a page, or one word for a program. */
type OptOutReply = FormReply | { readonly status: number; readonly word: string };

const evenly =
  (answer: (req: Request, res: Response) => Promise<OptOutReply>): Handler =>
  async (req, res) => {
    nameRoute(res, TEMPLATE);
    send(res, await evenlyAfter(ANSWERED_AFTER_MS, answer(req, res)));
  };

function send(res: Response, reply: OptOutReply): void {
  if ('word' in reply) res.status(reply.status).type('text').send(reply.word);
  else sendReply(res, reply);
}

async function looked(place: Place, req: Request): Promise<OptOutReply> {
  const read = await linkIn(place, req);
  if (read.kind !== 'ours') return lost(place, req, read.kind);
  const found = await findOptOut(place.parts, read.link);
  if (found === undefined) return lost(place, req, 'gone');
  const page = pageOf(req, { found, purpose: read.link.purpose, asked: 'this' });
  const shown = isStopped(found.leftAlone, page.scope) ? stoppedPage(page, 'already') : askPage(page);
  return { status: 200, page: shown };
}

async function pressed(place: Place, req: Request, body: string): Promise<OptOutReply> {
  const { asked, by } = saidIn(body);
  const name = JSON.stringify([req.params['token'], asked, by]);
  const outcome = await place.presses.press(name, () => pressOf(place, req, { asked, by }));
  if (outcome.kind === 'lost') return by === 'page' ? lost(place, req, outcome.why) : LOST_WORD;
  if (by === 'one-click') return { status: 200, word: '' };
  if (outcome.kind === 'kept') return { status: 200, page: keptPage(languageAsked(req)) };
  const page = pageOf(req, { found: outcome.found, purpose: outcome.purpose, asked });
  return { status: 200, page: stoppedPage(page, outcome.kind === 'stopped' ? 'now' : 'already') };
}

/** The result of a press, and the purpose of the message with the link. */
type PressOutcome =
  | { readonly kind: 'lost'; readonly why: 'gone' | 'expired' }
  | (Exclude<Pressed, { readonly kind: 'gone' }> & { readonly purpose: OptOutLink['purpose'] });

async function pressOf(place: Place, req: Request, way: Pick<Press, 'asked' | 'by'>): Promise<PressOutcome> {
  const read = await linkIn(place, req);
  if (read.kind !== 'ours') return { kind: 'lost', why: read.kind };
  const outcome = await press(place.parts, { link: read.link, ...way });
  return outcome.kind === 'gone' ? { kind: 'lost', why: 'gone' } : { ...outcome, purpose: read.link.purpose };
}

const LOST_WORD: OptOutReply = { status: 404, word: 'This link leads to nobody.\n' };

async function linkIn(
  { parts }: Place,
  req: Request,
): Promise<{ readonly kind: 'ours'; readonly link: OptOutLink } | { readonly kind: 'gone' | 'expired' }> {
  const { tokens, clock } = parts;
  const read = await whoseLink(parts, tokens.read(String(req.params['token']), clock.now()));
  if (read === undefined) return { kind: 'gone' };
  return read.kind === 'ours' ? { kind: 'ours', link: read.link } : { kind: 'expired' };
}

const collect = bodyReader(budgets.classes.optOut.body);

/** In doubt a press is a press: an unreadable body adds nothing. */
const bodyOf = async (req: Request, res: Response): Promise<string> => {
  try {
    return (await collect(req, res)).toString('utf8');
  } catch (cause) {
    if (cause instanceof Refusal) return '';
    throw cause;
  }
};

function saidIn(body: string): Pick<Press, 'asked' | 'by'> {
  const everything = new URLSearchParams(body).get('everything') === 'yes';
  return { by: isOneClick(body) ? 'one-click' : 'page', asked: everything ? 'everything' : 'this' };
}

/** RFC 8058 §3.1 has one field with one value, as a form or as multipart. No pattern: anybody may send this. */
function isOneClick(body: string): boolean {
  const lower = body.toLowerCase();
  const field = lower.indexOf('list-unsubscribe');
  return field >= 0 && lower.includes('one-click', field);
}

function lost({ parts, misses }: Place, req: Request, kind: 'gone' | 'expired'): OptOutReply {
  const language = languageAsked(req);
  const patient = misses.admits(neighbourhood(req.ip ?? ''), parts.clock.monotonic());
  if (!patient) return { status: 429, page: laterPage('many', language), retryAfterSeconds: MISSES_SECONDS };
  return { status: kind === 'expired' ? 410 : 404, page: lostPage(kind, language) };
}

interface Shown {
  readonly found: Pick<OptOutFound, 'tenant' | 'company'>;
  readonly purpose: OptOutLink['purpose'];
  readonly asked: Press['asked'];
}

function pageOf(req: Request, { found: { tenant, company }, purpose, asked }: Shown): OptOutPage {
  const language = languageAsked(req, tenant.locale);
  return {
    ...addresses(req, language),
    language,
    company,
    legalName: tenant.legalName,
    contact: tenant.contact,
    purpose,
    scope: scopeOfLink(purpose, asked),
  };
}

function addresses(req: Request, language: 'fr' | 'en'): Pick<OptOutPage, 'action' | 'otherLanguage'> {
  const path = `/u/${encodeURIComponent(String(req.params['token']))}`;
  return {
    action: `${path}?lang=${language}`,
    otherLanguage: `${path}?lang=${language === 'fr' ? 'en' : 'fr'}`,
  };
}

const AWAY_SECONDS = 60;

/** Handles an outage; any other fault is the application's to answer. */
const away = onError((error, { req, res, next }) => {
  const passing = outageOf(error) !== undefined || (error instanceof Refusal && error.status === 503);
  if (!passing || res.headersSent) next(error);
  else
    send(res, { status: 503, page: laterPage('away', languageAsked(req)), retryAfterSeconds: AWAY_SECONDS });
});

interface OptOutPage {
  readonly language: Language;
  readonly company: string;
  readonly legalName: string;
  readonly contact: ContactMeans;
  /** The purpose of the message with the link. */
  readonly purpose: ConsentPurpose;
  readonly scope: readonly ConsentPurpose[] | 'all';
  readonly action: string;
  readonly otherLanguage: string;
}

/** Shows what one press stops; nothing has happened yet. */
export function askPage(page: OptOutPage): FramedPage {
  const words = wordsIn(page.language).publicPages.optOut;
  const main = html`${headed(page, words.askTitle, words.askLead)}
${stopped(page)}
<form method="post" action="${page.action}">
<label class="box" for="everything">
<input type="checkbox" id="everything" name="everything" value="yes" aria-describedby="rest">
<span><strong>${words.everything}</strong><span class="words" id="rest">${rest(page)}</span></span>
</label>
<div class="acts"><button>${words.button}</button></div>
</form>
<p class="hint">${words.free}</p>
${stands(page)}
${publisher(page)}`;
  return framedAs(page, words.askTitle, main);
}

/** Shows what has stopped, for the first time or again. */
export function stoppedPage(page: OptOutPage, time: 'now' | 'already'): FramedPage {
  const words = wordsIn(page.language).publicPages.optOut;
  const title = time === 'now' ? words.doneTitle : words.alreadyTitle;
  const lead = page.scope === 'all' ? words.allLead : words.doneLead;
  const main = html`${headed(page, title, lead)}
${stopped(page)}
${time === 'now' && html`<p>${words.wire}</p>`}
${stands(page)}
${page.scope !== 'all' && moreOf(page)}
${publisher(page)}`;
  return framedAs(page, title, main);
}

/** A link that stops nothing, and how to stop all the same. */
export function lostPage(lostHow: 'gone' | 'expired', language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  const title = words[`${lostHow}Title`];
  const lead = words[`${lostHow}Lead`];
  return framed(
    { language, title },
    html`<header><h1>${title}</h1><p class="lead">${lead}</p></header>\n<p>${words.instead}</p>`,
  );
}

/** An opt-out kept while its person cannot be looked up: it is valid all the same. */
export function keptPage(language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  return framed(
    { language, title: words.doneTitle },
    html`<header><h1>${words.doneTitle}</h1><p class="lead">${words.keptLead}</p></header>\n<p>${words.wire}</p>`,
  );
}

/** Nothing was done, and the reason to come back. */
export function laterPage(why: 'many' | 'away', language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  const title = words[`${why}Title`];
  return framed(
    { language, title },
    html`<header><h1>${title}</h1><p class="lead">${words[`${why}Lead`]}</p></header>\n<p>${words.instead}</p>`,
  );
}

const framedAs = ({ language, company, otherLanguage }: OptOutPage, title: string, main: Html): FramedPage =>
  framed({ language, title: `${title} · ${company}`, otherLanguage }, main);

const named = (text: string, { company }: OptOutPage): string => text.replace('{company}', () => company);

const headed = (page: OptOutPage, title: string, lead: string): Html =>
  html`<header><p class="company">${page.company}</p><h1>${title}</h1><p class="lead">${named(lead, page)}</p></header>`;

function stopped({ scope, language }: OptOutPage): Html {
  if (scope === 'all') return nothing;
  const { things } = wordsIn(language).publicPages.optOut;
  return html`<ul class="agreed">${scope.map((purpose) => html`<li>${things[purpose]}</li>`)}</ul>`;
}

/** Words the full scope, besides what one press stops anyway. */
function rest({ scope, language }: OptOutPage): string {
  const { things, everythingWords } = wordsIn(language).publicPages.optOut;
  const others = CONSENT_PURPOSES.filter((purpose) => scope !== 'all' && !scope.includes(purpose));
  return everythingWords.replace('{rest}', others.map((purpose) => things[purpose]).join(', '));
}

function moreOf({ language, action }: OptOutPage): Html {
  const words = wordsIn(language).publicPages.optOut;
  return html`<form method="post" action="${action}" aria-label="${words.more}">
<input type="hidden" name="everything" value="yes">
<div class="acts"><button>${words.moreButton}</button></div>
</form>`;
}

function stands({ purpose, language }: OptOutPage): Html {
  const said = wordsIn(language).publicPages.optOut.stand[purpose];
  return said === '' ? nothing : html`<p>${said}</p>`;
}

function publisher({ language, legalName, contact }: OptOutPage): Html {
  const words = wordsIn(language).publicPages.optOut;
  const means = [contact.phone, contact.email, contact.address, contact.url].filter(
    (one) => one !== undefined && one !== '',
  );
  const reach =
    means.length > 0 && html` ${words.reach}${wordsIn(language).punctuation.colon}${means.join(', ')}.`;
  return html`<section class="data" aria-label="${words.editor}"><p>${words.editor} ${legalName}.${reach}</p><p>${words.otherWays}</p></section>`;
}

/** The pages behind links in texts: opt-out, payment plan. */
export const linkPages = (parts: OptOutParts & SchedulePages): readonly Mounted[] => [
  { at: '/u', template: '/u/{token}', router: optOutPages(parts) },
  { at: '/s', template: '/s/{token}', router: schedulePages(parts) },
];
