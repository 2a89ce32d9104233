import { setTimeout as pause } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Handler,
  type Request,
  type Response,
} from 'express';
import { scopeOfLink, type OptOutLink } from '../../people/index.ts';
import { outageOf, Refusal } from '../../platform/index.ts';
import { askPage, keptPage, laterPage, lostPage, stoppedPage, type OptOutPage } from './opt-out-page.ts';
import { budgets } from '../server/budgets.ts';
import { Bound, neighbourhood } from '../server/form-bounds.ts';
import { sendReply, type FormReply } from './form-reply.ts';
import { languageAsked } from './form-visit.ts';
import {
  findOptOut,
  isStopped,
  press,
  whoseLink,
  type OptOutFound,
  type OptOutParts,
  type Press,
} from './opt-out-press.ts';
import { bodyReader } from '../server/read-body.ts';
import { nameRoute } from '../server/request-log.ts';

const TEMPLATE = '/u/{token}';
/** Limits visitors who guess tokens; a press of a valid link is never refused. */
const { misses: MISSES } = budgets.classes.optOut.ofAddress;
const MISSES_SECONDS = MISSES.withinMs / 1_000;
/** Every answer takes as long: the time reveals nothing of a link. */
const ANSWERED_AFTER_MS = 150;

/** Serves the opt-out at `/u/{token}`: looking changes nothing, one press stops. */
export function optOutPages(parts: OptOutParts & { readonly trustedProxies: readonly string[] }): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', [...parts.trustedProxies]);
  app.set('case sensitive routing', true);
  const misses = new Bound(MISSES.most, MISSES.withinMs);
  const place = { parts, misses };
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
}

/** The reply to a visitor: a page, or one word for a program. */
type OptOutReply = FormReply | { readonly status: number; readonly word: string };

const evenly =
  (answer: (req: Request, res: Response) => Promise<OptOutReply>): Handler =>
  async (req, res) => {
    nameRoute(res, TEMPLATE);
    const [reply] = await Promise.all([answer(req, res), pause(ANSWERED_AFTER_MS)]);
    send(res, reply);
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
  const read = await linkIn(place, req);
  const { asked, by } = saidIn(body);
  if (read.kind !== 'ours') return by === 'page' ? lost(place, req, read.kind) : LOST_WORD;
  const outcome = await press(place.parts, { link: read.link, asked, by });
  if (outcome.kind === 'gone') return by === 'page' ? lost(place, req, 'gone') : LOST_WORD;
  if (by === 'one-click') return { status: 200, word: '' };
  if (outcome.kind === 'kept') return { status: 200, page: keptPage(languageAsked(req)) };
  const page = pageOf(req, { found: outcome.found, purpose: read.link.purpose, asked });
  return { status: 200, page: stoppedPage(page, outcome.kind === 'stopped' ? 'now' : 'already') };
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
// Express knows a handler of errors by its four parameters.
// oxlint-disable-next-line max-params
const away: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const passing = outageOf(error) !== undefined || (error instanceof Refusal && error.status === 503);
  if (!passing || res.headersSent) next(error);
  else
    send(res, { status: 503, page: laterPage('away', languageAsked(req)), retryAfterSeconds: AWAY_SECONDS });
};
