import type { Express, Request, Response } from 'express';
import { scopeOfLink, type OptOutLink, CONSENT_PURPOSES, type ConsentPurpose } from '../../person/index.ts';
import { outageOf, Refusal } from '../../platform/index.ts';
import { html, nothing, type Html } from '../../base/index.ts';
import { budgets } from '../server/budgets.ts';
import { type FormReply, languageAsked } from './form-visit.ts';
import { linkAddresses, linkApp, plainPage, publisher, type LinkParts } from './link-page.ts';
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
import type { ContactMeans } from '../../company/index.ts';
import { framed, type FramedPage } from '../page/page.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import type { Mounted } from '../server/edge.ts';
import { schedulePages, type SchedulePages } from './schedule.ts';

const AT = '/u';

/** When nothing could keep an opt-out, the visitor is asked to come back, as during an outage. */
const KIND = {
  at: AT,
  words: 'optOut',
  misses: budgets.classes.optOut.ofAddress.misses,
  isPassing: (error: unknown) =>
    outageOf(error) !== undefined || (error instanceof Refusal && error.status === 503),
} as const;

/** Serves the opt-out at `/u/{token}`: opening the page changes nothing, one press opts out. */
const optOutPages = (parts: OptOutParts & LinkParts): Express =>
  linkApp(KIND, parts, (app, { evenly, lost }) => {
    const place = { parts, lost, presses: new Presses<PressOutcome>() };
    app
      .route('/:token')
      .get(evenly((req) => looked(place, req)))
      .post(evenly(async (req, res) => pressed(place, req, await bodyOf(req, res))));
  });

interface Place {
  readonly parts: OptOutParts;
  readonly lost: (req: Request, why: 'gone' | 'expired') => FormReply;
  readonly presses: Presses<PressOutcome>;
}

async function looked(place: Place, req: Request): Promise<FormReply> {
  const read = await linkIn(place, req);
  if (read.kind !== 'ours') return place.lost(req, read.kind);
  const found = await findOptOut(place.parts, read.link);
  if (found === undefined) return place.lost(req, 'gone');
  const page = pageOf(req, { found, purpose: read.link.purpose, asked: 'this' });
  const shown = isStopped(found.leftAlone, page.scope) ? stoppedPage(page, 'already') : askPage(page);
  return { status: 200, page: shown };
}

async function pressed(place: Place, req: Request, body: string): Promise<FormReply> {
  const { asked, by } = saidIn(body);
  const name = JSON.stringify([req.params['token'], asked, by]);
  const outcome = await place.presses.press(name, () => pressOf(place, req, { asked, by }));
  if (outcome.kind === 'lost') return by === 'page' ? place.lost(req, outcome.why) : LOST_WORD;
  if (by === 'one-click') return { status: 200, word: '' };
  if (outcome.kind === 'kept') return { status: 200, page: keptPage(languageAsked(req)) };
  const page = pageOf(req, { found: outcome.found, purpose: outcome.purpose, asked });
  return { status: 200, page: stoppedPage(page, outcome.kind === 'stopped' ? 'now' : 'already') };
}

/** The outcome of a press, with the purpose of the message that had the link. */
type PressOutcome =
  | { readonly kind: 'lost'; readonly why: 'gone' | 'expired' }
  | (Exclude<Pressed, { readonly kind: 'gone' }> & { readonly purpose: OptOutLink['purpose'] });

async function pressOf(place: Place, req: Request, way: Pick<Press, 'asked' | 'by'>): Promise<PressOutcome> {
  const read = await linkIn(place, req);
  if (read.kind !== 'ours') return { kind: 'lost', why: read.kind };
  const outcome = await press(place.parts, { link: read.link, ...way });
  return outcome.kind === 'gone' ? { kind: 'lost', why: 'gone' } : { ...outcome, purpose: read.link.purpose };
}

const LOST_WORD: FormReply = { status: 404, word: 'This link leads to nobody.\n' };

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

/** Reads the body of a press; an unreadable body counts as empty, and the press counts all the same. */
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

/**
 * Says whether a body is the one of RFC 8058 §3.1: one field with one value, as a form or as multipart. Without a regular
 * expression, since anybody may send anything here.
 */
function isOneClick(body: string): boolean {
  const lower = body.toLowerCase();
  const field = lower.indexOf('list-unsubscribe');
  return field >= 0 && lower.includes('one-click', field);
}

function pageOf(
  req: Request,
  {
    found: { tenant, company },
    purpose,
    asked,
  }: {
    readonly found: Pick<OptOutFound, 'tenant' | 'company'>;
    readonly purpose: OptOutLink['purpose'];
    readonly asked: Press['asked'];
  },
): OptOutPage {
  const language = languageAsked(req, tenant.locale);
  return {
    ...linkAddresses(AT, String(req.params['token']), language),
    language,
    company,
    legalName: tenant.legalName,
    contact: tenant.contact,
    purpose,
    scope: scopeOfLink(purpose, asked),
  };
}

interface OptOutPage {
  readonly language: Language;
  readonly company: string;
  readonly legalName: string;
  readonly contact: ContactMeans;
  /** The purpose of the message that had the link. */
  readonly purpose: ConsentPurpose;
  readonly scope: readonly ConsentPurpose[] | 'all';
  readonly action: string;
  readonly otherLanguage: string;
}

/** Renders the page that says what one press stops; nothing has happened yet. */
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
${publisherOf(page)}`;
  return framedAs(page, words.askTitle, main);
}

/** Renders the page that says what has stopped, now or already before. */
export function stoppedPage(page: OptOutPage, time: 'now' | 'already'): FramedPage {
  const words = wordsIn(page.language).publicPages.optOut;
  const title = time === 'now' ? words.doneTitle : words.alreadyTitle;
  const lead = page.scope === 'all' ? words.allLead : words.doneLead;
  const main = html`${headed(page, title, lead)}
${stopped(page)}
${time === 'now' && html`<p>${words.wire}</p>`}
${stands(page)}
${page.scope !== 'all' && moreOf(page)}
${publisherOf(page)}`;
  return framedAs(page, title, main);
}

/** Renders the page of an opt-out that is kept while its person cannot be looked up; it counts all the same. */
export function keptPage(language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  return plainPage({ language, title: words.doneTitle, lead: words.keptLead, more: words.wire });
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

/** Writes which other purposes can be stopped, besides those of one press. */
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

function publisherOf(page: OptOutPage): Html {
  const { language } = page;
  const words = wordsIn(language).publicPages.optOut;
  return publisher(words, page, { language, more: html`<p>${words.otherWays}</p>` });
}

/** Returns the mounts of the pages behind links in texts: opt-outs and payment plans. */
export const linkPages = (parts: OptOutParts & SchedulePages): readonly Mounted[] => [
  { at: '/u', template: '/u/{token}', router: optOutPages(parts) },
  { at: '/s', template: '/s/{token}', router: schedulePages(parts) },
];
