import { Router, type Handler, type Request, type Response } from 'express';
import { outageOf, Refusal } from '../../platform/index.ts';
import { html } from '../../base/index.ts';
import { consoleFrame, type ConsolePage } from './frame-page.ts';
import { awaitingPart } from './campaign-parts.ts';
import { refusedPage } from './refused-form.ts';
import { becomeKnown } from '../server/admission.ts';
import type { Api, Route } from '../server/route.ts';
import { type Mounted, isFromElsewhere } from '../server/edge.ts';
import { Approvals } from '../api/campaigns/campaign.ts';
import { agreementPages } from './agreements.ts';
import { budgets } from '../server/budgets.ts';
import { sharerOf, Identification } from '../server/caller.ts';
import { campaignPages } from './campaigns.ts';
import { figurePages } from './figures.ts';
import { gatewayPages } from './gateways.ts';
import { importPages } from './imports.ts';
import { keyPages } from './keys.ts';
import { peoplePages } from './people.ts';
import { practicePages } from './practices.ts';
import { seriesPages } from './series.ts';
import {
  pageAddressOf,
  isOfConsole,
  sendConsole,
  Visit,
  type ConsoleRoute,
  type ConsoleParts,
} from './visit.ts';
import { settingPages } from './settings.ts';
import { timelinePages } from './timeline.ts';
import { toDoPages } from './to-do.ts';
import { languageAsked } from '../public/form-visit.ts';
import { readOn, fieldsReader, refuseUnwritable } from '../server/read-body.ts';
import { Live } from '../api/messages/live.ts';
import {
  openIdDoors,
  endSessions,
  callerSigningIn,
  noteSignIn,
  AT_CONSOLE,
  closeSession,
  cookieIn,
  cookieName,
  cookieOptions,
  sessionHeldIn,
  openSession,
  refuseEndedSession,
  shownKey,
} from '../server/sign-in.ts';
import type { OpenId } from '../server/open-id.ts';
import { nameCaller, nameRoute } from '../server/request-log.ts';
import { wordsIn, type Language } from '../../words/index.ts';

const HOME = '/console';

/** All addresses of the console behind the sign-in. */
export const consoleRoutes: readonly ConsoleRoute[] = [
  { method: 'get', path: '/', work: home },
  ...campaignPages,
  ...seriesPages,
  ...timelinePages,
  ...toDoPages,
  ...gatewayPages,
  ...importPages,
  ...peoplePages,
  ...agreementPages,
  ...figurePages,
  ...settingPages,
  ...practicePages,
  ...keyPages,
];

/** The route of unknown addresses, so that signed-in visitors keep the menu. */
const NOWHERE: ConsoleRoute = {
  method: 'get',
  path: '/nowhere',
  work: () => Promise.reject(new Refusal('NOT_FOUND')),
};

/** Mounts the console, the web application for people, whose pages call the API in the name of their visitor. */
export function consoleMount(
  api: Api,
  given: {
    readonly routes: readonly Route[];
    readonly temporalUi: string;
    readonly temporal: { readonly namespace: string };
    readonly openId?: OpenId | undefined;
  },
): Mounted {
  const temporal = { ui: given.temporalUi, namespace: given.temporal.namespace };
  const named = given.routes.map((one) => [`${one.method.toUpperCase()} ${one.path}`, one] as const);
  const parts = { api, routes: new Map(named), live: new Live(api), temporal };
  return { at: HOME, template: HOME, router: routerOf(parts, given.openId) };
}

function routerOf(parts: ConsoleParts, openId: OpenId | undefined): Router {
  const router = Router({ strict: false });
  const identification = new Identification(parts.api);
  const console = { parts, identification, openId };
  router.use(fromHere(console), keepLanguage(parts.api));
  const fields = fieldsReader(budgets.classes.console.body);
  router.post('/session', fields, (req, res) =>
    signIn(console, req, res).catch((error: unknown) => tellToWait(console, { req, res, error })),
  );
  router.post('/leave', (req, res) => leave(console, req, res));
  if (openId !== undefined)
    router.use(
      '/oidc',
      openIdDoors(parts.api, openId, (req, res, refusal) => askForKey(console, { req, res, refusal })),
    );
  for (const page of consoleRoutes) {
    const before = page.method === 'post' && page.streams !== true ? [fields] : [];
    router[page.method](page.path, ...before, answering(console, page));
  }
  router.use(answering(console, NOWHERE));
  return router;
}

interface Console {
  readonly parts: ConsoleParts;
  readonly identification: Identification;
  readonly openId: OpenId | undefined;
}

/** Makes the handler that refuses forms from pages of other sites, and of other programs on this machine. */
const fromHere =
  (console: Console): Handler =>
  (req, res, next) => {
    if (req.method === 'POST' && isFromElsewhere(req))
      refuse(console, { req, res, at: HOME }, new Refusal('ROLE_NOT_ALLOWED'));
    else next();
  };

const answering =
  (console: Console, page: ConsoleRoute): Handler =>
  async (req, res) => {
    nameRoute(res, `${HOME}${page.path}`);
    const asked = { req, res, at: pageAddressOf(req, page) };
    let visit: Visit | undefined;
    try {
      visit = await visitOf(console, asked);
      nameCaller(res, visit.caller);
      becomeKnown(res, sharerOf(visit.caller));
      await visit.look();
      refuseUnwritable('query', req.query);
      refuseUnwritable('body', fieldsOf(req));
      await page.work(visit);
    } catch (error) {
      await answerRefusal(console, { ...asked, visit, page }, error);
    }
  };

/** Returns the fields of a form; empty when the route reads the body itself. */
const fieldsOf = ({ body }: { readonly body?: unknown }): object =>
  typeof body === 'object' && body !== null ? body : {};

async function visitOf({ parts, identification }: Console, asked: Exchanged): Promise<Visit> {
  const { req } = asked;
  const shown = await shownKey(parts.api, req, AT_CONSOLE);
  const { authorization, from } = shown;
  const caller = await identification.of(authorization, from);
  if (caller.role === 'instance') throw new Refusal('UNAUTHENTICATED');
  await refuseEndedSession(parts.api, shown, caller);
  const language = languageOf(parts.api, req, caller.locale);
  return new Visit(parts, { caller, authorization, language }, asked);
}

const AT_LANGUAGE = { cookie: 'bonheure_language', path: HOME, sameSite: 'lax' } as const;

/** Makes the handler that keeps a chosen language for the pages that follow. */
function keepLanguage(api: Pick<Api, 'publicUrl'>): Handler {
  return (req, res, next) => {
    const asked = languageChosen(req);
    if (asked !== undefined) res.cookie(cookieName(AT_LANGUAGE, api), asked, cookieOptions(AT_LANGUAGE, api));
    next();
  };
}

function languageChosen({ query }: Request): Language | undefined {
  const asked = query['lang'];
  return asked === 'fr' || asked === 'en' ? asked : undefined;
}

function languageOf(api: Pick<Api, 'publicUrl'>, req: Request, locale?: string): Language {
  const kept = cookieIn(req.headers.cookie, cookieName(AT_LANGUAGE, api));
  return languageChosen(req) ?? (kept === 'fr' || kept === 'en' ? kept : languageAsked(req, locale));
}

/** Shows the pages that the visitor may open, the three daily ones first. */
async function home(visit: Visit): Promise<void> {
  const name = 'GET /v1/approvals';
  const { items } = visit.may(name) ? await visit.ask(name, Approvals) : { items: [] };
  const { language, doors } = visit;
  const { home: words, doors: names } = wordsIn(language).consolePages;
  const leads: Readonly<Record<string, string>> = words;
  const main = doors.filter((door) => door.main === true);
  const big = main.map(
    (door) =>
      html`<a href="/console${door.path}"><strong>${names[door.name]}</strong><span>${leads[door.path] ?? ''}</span></a>`,
  );
  const rest = doors.filter((door) => door.main !== true);
  visit.show({
    title: words.home,
    main: html`${awaitingPart(items, language)}${big.length > 0 && html`<div class="doors">${big}</div>`}
<h2>${words.rest}</h2>
<ul>${rest.map((door) => html`<li><a href="/console${door.path}">${names[door.name]}</a></li>`)}</ul>`,
  });
}

interface Exchanged {
  readonly req: Request;
  readonly res: Response;
  /** The address of this page in the other language. */
  readonly at: string;
}

async function answerRefusal(
  console: Console,
  asked: Exchanged & { readonly visit: Visit | undefined; readonly page: ConsoleRoute },
  error: unknown,
): Promise<void> {
  const outage = outageOf(error);
  const refusal = outage === undefined ? error : new Refusal(outage);
  if (!(refusal instanceof Refusal) || asked.res.headersSent) throw error;
  readOn(asked.req, asked.res);
  if (refusal.code === 'UNAUTHENTICATED') askForKey(console, asked);
  else if (!(await isAskedAgain(asked, refusal))) refuse(console, asked, refusal);
}

/**
 * The statuses of refusals that a visitor can correct on a page reached by its address; a refused form is shown again
 * whatever the status.
 */
const TO_PUT_RIGHT: ReadonlySet<number> = new Set([400, 409, 422]);

/**
 * Shows a refused form again on its page, with the typed values and the errors at its fields; returns false when it
 * cannot.
 */
async function isAskedAgain(
  { visit, req, page }: Pick<Exchanged, 'req'> & { readonly visit?: Visit | undefined; page: ConsoleRoute },
  refusal: Refusal,
): Promise<boolean> {
  if (visit === undefined || (req.method !== 'POST' && !TO_PUT_RIGHT.has(refusal.status))) return false;
  const { path, from = path, fieldOf } = page;
  const bearer = consoleRoutes.find((one) => one.method === 'get' && one.path === from);
  return bearer !== undefined && visit.again(bearer.work, { refusal, fieldOf });
}

/** Shows a refusal; a signed-in visitor keeps the menu. */
function refuse(
  { parts }: Pick<Console, 'parts'>,
  { visit, ...asked }: Exchanged & { readonly visit?: Visit | undefined },
  refusal: Refusal,
): void {
  const { retryAfterSeconds } = refusal.details;
  if (typeof retryAfterSeconds === 'number') asked.res.set('Retry-After', String(retryAfterSeconds));
  if (visit !== undefined) {
    visit.show(refusedPage(visit.language, refusal), refusal.status);
    return;
  }
  const language = languageOf(parts.api, asked.req);
  outside(asked, { page: refusedPage(language, refusal), status: refusal.status, language });
}

/** Shows the sign-in page; `refusal` is why a sign-in was refused. */
function askForKey(
  { parts, openId }: Pick<Console, 'parts' | 'openId'>,
  { req, res, refusal }: Omit<Exchanged, 'at'> & { readonly refusal?: Refusal | undefined },
): void {
  const language = languageOf(parts.api, req);
  const isAsked = req.method === 'GET' && !req.originalUrl.startsWith(`${HOME}/oidc`);
  const next = isAsked ? req.originalUrl : HOME;
  // Afterwards the visitor goes to `next`: the address of a provider's answer must not be opened again.
  const asked = { req, res, at: next };
  outside(asked, {
    page: signInPage(language, { next, refused: refusal?.code, byDirectory: openId !== undefined }),
    status: refusal?.status ?? 401,
    language,
  });
}

/** Sends a page for visitors who are not signed in, without menu and name. */
function outside(
  { res, at }: Exchanged,
  {
    page,
    status,
    language,
  }: { readonly page: ConsolePage; readonly status: number; readonly language: Language },
): void {
  const framed = consoleFrame({ ...page, language, doors: [], who: '', role: '', at });
  sendConsole(res, framed, status);
}

/** Signs a visitor out, in every browser; the key itself still works. */
async function leave(
  { parts: { api }, identification }: Console,
  req: Request,
  res: Response,
): Promise<void> {
  const key = await sessionHeldIn(api, req, AT_CONSOLE);
  const caller =
    key === undefined ? undefined : await identification.of(`Bearer ${key}`, undefined).catch(unlessRefused);
  if (key !== undefined && caller !== undefined) await endSessions(api, { tenantId: caller.tenantId, key });
  closeSession(api, res, AT_CONSOLE);
  res.redirect(303, HOME);
}

/** Answers too many tries with a page for browsers, and with a problem document for programs. */
function tellToWait(
  console: Console,
  { req, res, error }: Omit<Exchanged, 'at'> & { readonly error: unknown },
): void {
  if (!(error instanceof Refusal) || req.accepts(['json', 'html']) !== 'html') throw error;
  refuse(console, { req, res, at: HOME }, error);
}

async function signIn(console: Console, req: Request, res: Response): Promise<void> {
  const { parts, identification } = console;
  // A posted form is parsed to an object of texts and lists.
  const body = (req.body ?? {}) as Readonly<Record<string, unknown>>;
  const { key, next } = body;
  const caller =
    typeof key === 'string' && key.length <= 200
      ? await callerSigningIn({ api: parts.api, identification }, req, key.trim())
      : undefined;
  if (caller === undefined || caller.role === 'instance' || typeof key !== 'string') {
    askForKey(console, { req, res, refusal: new Refusal('ROLE_NOT_ALLOWED') });
    return;
  }
  await noteSignIn(parts.api, req, caller);
  await openSession(parts.api, res, { at: AT_CONSOLE, key: key.trim() });
  res.redirect(303, typeof next === 'string' && isOfConsole(next) ? next : HOME);
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
}

/** Renders the page that asks for a key; `next` is the page to which the visitor returns. */
export function signInPage(
  language: Language,
  {
    next,
    refused,
    byDirectory,
  }: { readonly next: string; readonly refused?: string | undefined; readonly byDirectory: boolean },
): ConsolePage {
  const words = wordsIn(language).consolePages.home;
  const said: Readonly<Record<string, string>> = words;
  return {
    title: words.title,
    main: html`${refused === undefined ? '' : html`<p class="alert" role="alert">${said[refused] ?? words.refused}</p>`}
${byDirectory ? html`<p><a class="button" href="/console/oidc?next=${encodeURIComponent(next)}">${words.directory}</a></p>` : ''}
<p>${words.lead}</p>
<form method="post" action="/console/session" class="fields">
<input type="hidden" name="next" value="${next}">
<div><label for="key">${words.key}</label><input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200"></div>
<p><button>${words.enter}</button></p>
</form>`,
  };
}
