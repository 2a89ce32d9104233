import express, { type Express, type Handler, type Request, type Response } from 'express';
import type { ContactMeans } from '../../company/index.ts';
import { outageOf, type Clock } from '../../platform/index.ts';
import { evenlyAfter, html, type Html } from '../../base/index.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';
import { framed, type FramedPage } from '../page/page.ts';
import { onError } from '../server/answer.ts';
import { Bound, neighbourhood } from '../server/bounds.ts';
import type { RateBudget } from '../server/budgets.ts';
import { nameRoute } from '../server/request-log.ts';
import { languageAsked, sendReply, type FormReply } from './form-visit.ts';

/** Milliseconds that every answer takes, so that the time reveals nothing about a link. */
const ANSWERED_AFTER_MS = 150;
const AWAY_SECONDS = 60;

/** What the pages behind links in texts need. */
export interface LinkParts {
  readonly clock: Clock;
  /** Proxies whose headers are trusted to name a visitor's address. */
  readonly trustedProxies: readonly string[];
}

interface LinkKind {
  /** The path of its addresses, which a token follows. */
  readonly at: string;
  readonly words: 'optOut' | 'schedule';
  /** Limits visitors who guess tokens; valid links are always answered. */
  readonly misses: RateBudget;
  /** Says whether an error passes by itself; by default only an outage does. */
  readonly isPassing?: (error: unknown) => boolean;
}

interface LinkReplies {
  readonly evenly: (answer: (req: Request, res: Response) => Promise<FormReply>) => Handler;
  /** Makes the reply to a link that leads to nothing. */
  readonly lost: (req: Request, why: 'gone' | 'expired') => FormReply;
}

/** Builds the application of one kind of link, to which `serve` adds the addresses. */
export function linkApp(
  { at, words, misses, isPassing = (error) => outageOf(error) !== undefined }: LinkKind,
  { clock, trustedProxies }: LinkParts,
  serve: (app: Express, replies: LinkReplies) => void,
): Express {
  const app = pageApp(trustedProxies);
  const missed = new Bound(misses.most, misses.withinMs);
  const evenly: LinkReplies['evenly'] = (answer) => async (req, res) => {
    nameRoute(res, `${at}/{token}`);
    sendReply(res, await evenlyAfter(ANSWERED_AFTER_MS, answer(req, res)));
  };
  const sorry = (why: Sorry, language: Language): FramedPage => sorryPage(words, why, language);
  const lost: LinkReplies['lost'] = (req, why) => {
    const language = languageAsked(req);
    if (!missed.admits(neighbourhood(req.ip ?? ''), clock.monotonic()))
      return { status: 429, page: sorry('many', language), retryAfterSeconds: misses.withinMs / 1_000 };
    return { status: why === 'expired' ? 410 : 404, page: sorry(why, language) };
  };
  serve(app, { evenly, lost });
  app.use(evenly((req) => Promise.resolve(lost(req, 'gone'))));
  const away = onError((error, { req, res, next }) => {
    if (!isPassing(error) || res.headersSent) return next(error);
    const page = sorry('away', languageAsked(req));
    return sendReply(res, { status: 503, page, retryAfterSeconds: AWAY_SECONDS });
  });
  return app.use(away);
}

/** Builds an application for visitors without a key. */
export function pageApp(trustedProxies: readonly string[]): Express {
  const app = express().disable('x-powered-by').disable('etag');
  return app.set('trust proxy', [...trustedProxies]).set('case sensitive routing', true);
}

type Sorry = 'gone' | 'expired' | 'many' | 'away';

/** Renders the page of a link that shows nothing, or that asks the visitor to come back later; nothing was done. */
export function sorryPage(kind: LinkKind['words'], why: Sorry, language: Language): FramedPage {
  const words = wordsIn(language).publicPages[kind];
  return plainPage({ language, title: words[`${why}Title`], lead: words[`${why}Lead`], more: words.instead });
}

/** Renders a page of three sentences. */
export const plainPage = ({
  language,
  title,
  lead,
  more,
}: Readonly<Record<'title' | 'lead' | 'more', string>> & { readonly language: Language }): FramedPage =>
  framed(
    { language, title },
    html`<header><h1>${title}</h1><p class="lead">${lead}</p></header>\n<p>${more}</p>`,
  );

/** Returns the address of a link in the other language, and the address to which its form is sent in this one. */
export function linkAddresses(
  at: string,
  token: string,
  language: Language,
): { readonly action: string; readonly otherLanguage: string } {
  const path = `${at}/${encodeURIComponent(token)}`;
  return {
    action: `${path}?lang=${language}`,
    otherLanguage: `${path}?lang=${language === 'fr' ? 'en' : 'fr'}`,
  };
}

/** Renders the publisher of a text, with all ways to reach them. */
export function publisher(
  words: Pick<Catalogue['publicPages']['schedule'], 'reach' | 'editor'>,
  { legalName, contact }: { readonly legalName: string; readonly contact: ContactMeans },
  { language, more }: { readonly language: Language; readonly more?: Html },
): Html {
  const means = [contact.phone, contact.email, contact.address, contact.url].filter(
    (one) => one !== undefined && one !== '',
  );
  const reach =
    means.length > 0 && html` ${words.reach}${wordsIn(language).punctuation.colon}${means.join(', ')}.`;
  return html`<section class="data" aria-label="${words.editor}"><p>${words.editor} ${legalName}.${reach}</p>${more}</section>`;
}
