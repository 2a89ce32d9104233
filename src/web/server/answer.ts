import type { Handler, Request, Response, ErrorRequestHandler, NextFunction } from 'express';
import {
  outageOf,
  Refusal,
  type JournalEntry,
  type RefusalCode,
  refusalTitle,
  faultOf,
  type Log,
} from '../../platform/index.ts';
import { canonicalJson, inTime } from '../../base/index.ts';
import { fault, said, saidIn, type Language } from '../../words/index.ts';
import { awaitExportTime, becomeKnown, takeShare } from './admission.ts';
import { neighbourhood } from './bounds.ts';
import { budgets } from './budgets.ts';
import { sharerOf, type Caller, type Identification } from './caller.ts';
import { once, type Repeatable } from './idempotency.ts';
import { Journalled } from './journalled.ts';
import { readJson, refuseUnwritable, readOn, bodyRefusal } from './read-body.ts';
import { requestLanguage, nameCaller, nameRoute, localeOf, requestIdOf } from './request-log.ts';
import type { Answer, Api, Route } from './route.ts';

/** Makes the handler of a route: it authenticates, authorizes, parses, and does the work in one transaction. */
export function answerRoute(api: Api, identification: Identification, route: Route): Handler {
  return async (req, res) => {
    nameRoute(res, route.path);
    const asking = { api, identification, route, req, res, journalled: new Journalled(api.journal) };
    const answered = answerInDatabase(asking);
    const answer = await (route.prepareBare === undefined ? answered : orByJournal(asking, answered));
    if (answer !== undefined) send(res, answer);
  };
}

interface Asking {
  readonly api: Api;
  readonly identification: Identification;
  readonly route: Route;
  readonly req: Request;
  readonly res: Response;
  readonly journalled: Journalled;
}

/** Milliseconds after which an opt-out of a known caller is answered without the database. */
const AWAY_AFTER_MS = 3_000;
/** The same, while the database is known to be slow or away. */
const KNOWN_AWAY_AFTER_MS = 1_000;

/**
 * Waits for the database's answer, or answers an opt-out by the journal alone when the database is away and the key
 * was seen recently.
 */
async function orByJournal(
  asking: Asking,
  answered: Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  try {
    const withinMs = asking.api.journal.isAsking() ? KNOWN_AWAY_AFTER_MS : AWAY_AFTER_MS;
    const first = await inTime(answered, withinMs, 'away' as const);
    return first === 'away' ? ((await answerByJournal(asking)) ?? answered) : first;
  } catch (cause) {
    if (outageOf(cause) === undefined) throw cause;
    const answer = await answerByJournal(asking);
    if (answer === undefined) throw cause;
    return answer;
  } finally {
    // An answer may have been sent already, so that a later failure is ignored.
    answered.catch(() => undefined);
  }
}

/** Returns undefined when the key was not seen recently, or the route cannot answer without the database. */
async function answerByJournal(asking: Asking): Promise<Answer | undefined> {
  const { api, route, req, res, journalled } = asking;
  const caller = api.callers.recentOf(req.headers.authorization);
  if (caller === undefined || !req.complete || route.prepareBare === undefined) return undefined;
  nameCaller(res, caller);
  permit(route, caller);
  const language = requestLanguage(req, caller.locale);
  const body = await readJson(req, res);
  const bare = route.prepareBare({ params: req.params, query: req.query, body, language });
  // The transaction may have written the entry before it failed.
  const journal = async (entry: JournalEntry): Promise<void> => {
    if (!journalled.holds) await journalled.write(entry);
  };
  const answer = await bare({ api, caller, language, reason: header(req, 'x-reason'), journal });
  await journalled.owe();
  // Neither the disk nor the database took the opt-out, so that the caller must repeat it.
  if (!journalled.holds) throw new Refusal('JOURNAL_UNAVAILABLE');
  return answer;
}

/** Returns undefined when the route has written its answer itself. */
async function answerInDatabase(asking: Asking): Promise<Answer | undefined> {
  const { api, identification, route, req, res, journalled } = asking;
  const known = api.callers.recentOf(req.headers.authorization);
  if (known !== undefined) admit(asking, known);
  const caller = await identification.of(req.headers.authorization, neighbourhood(req.ip ?? ''));
  nameCaller(res, caller);
  if (known === undefined) admit(asking, caller);
  permit(route, caller);
  const language = requestLanguage(req, caller.locale);
  refuseUnwritable('query', req.query);
  const context = { api, caller, language, reason: header(req, 'x-reason') };
  const asked = { params: req.params, query: req.query, language };
  if (route.stream !== undefined) {
    const body = route.saysNothing === true ? await readJson(req, res) : undefined;
    await awaitExport(res, route, caller);
    if (res.closed) return undefined;
    return route.stream({ ...asked, body }, { ...context, req, res });
  }
  const body = await readJson(req, res);
  const work = route.prepare({ ...asked, body });
  const request = repeatable(route, { req, caller, body });
  const journal = (entry: JournalEntry): Promise<void> => journalled.write(entry);
  return journalled.run(api.database, caller.tenantId, (tx) =>
    once(api, { tx, request }, () => work({ ...context, journal, tx })),
  );
}

/**
 * Takes the share of a request from the budgets of its tenant, or refuses with 429. A recently seen key is refused from
 * memory, before the database is asked whether it is still valid, so that a refusal takes no connection. Nobody is
 * admitted from memory: a revoked key is refused once the database has answered.
 */
function admit({ route, req, res }: Asking, caller: Caller): void {
  nameCaller(res, caller);
  becomeKnown(res, sharerOf(caller));
  if (!route.roles.includes(caller.role)) return;
  if (route.stream === undefined) holdBytes(req, res, caller);
  else shareStream(res, route, caller);
}

/** Takes a share for a body that is held in memory: its declared length, or the maximum without one. */
function holdBytes({ headers }: Request, res: Response, caller: Caller): void {
  const { mostBytes } = budgets.classes.api.body;
  const declared = Number(
    headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? 0 : mostBytes),
  );
  const amount = Math.min(Number.isFinite(declared) ? declared : mostBytes, mostBytes);
  if (amount > 0) takeShare(res, 'bytes', { sharer: sharerOf(caller), amount });
}

/**
 * Takes a share for an upload or an export, of which a tenant may have a limited number at once. Live streams have a
 * budget of their own.
 */
export function shareStream(res: Response, route: Route, caller: Caller): void {
  const name = sharedBy(route);
  if (name !== undefined) takeShare(res, name, { sharer: sharerOf(caller) });
}

/** Waits until an export may begin: those of one tenant begin some time apart. */
export async function awaitExport(res: Response, route: Route, caller: Caller): Promise<void> {
  if (sharedBy(route) === 'exports') await awaitExportTime(res, sharerOf(caller));
}

function sharedBy({ consumes, produces, isShort }: Route): 'exports' | 'files' | undefined {
  if (produces === 'text/event-stream' || isShort === true) return undefined;
  return consumes === undefined ? 'exports' : 'files';
}

/** Refuses a caller whose role may not use the route. */
export function permit(route: Route, caller: Caller): void {
  if (route.roles.includes(caller.role)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: fault('This key is of role {role}; needed: {roles}.', {
      role: caller.role,
      roles: route.roles.join(', '),
    }),
  });
}

function repeatable(
  route: Route,
  { req, caller, body }: { readonly req: Request; readonly caller: Caller; readonly body: unknown },
): Repeatable {
  const applies = route.method === 'post' && route.reads === undefined;
  return {
    caller,
    key: applies ? header(req, 'idempotency-key') : undefined,
    request: `${req.method} ${req.originalUrl} ${canonicalJson(body)}`,
  };
}

export function header(req: Request, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function send(res: Response, { status, body, headers }: Answer): void {
  res.status(status);
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
  if (body === undefined) res.end();
  else res.json(body);
}

const RETRY_SECONDS = 2;

/** Codes that an instance answers while it starts, or while it waits for a person after a restore. */
const NOT_YET: ReadonlySet<RefusalCode> = new Set(['NOT_READY', 'SEALED']);

interface Failed {
  readonly req: Request;
  readonly res: Response;
  readonly next: NextFunction;
}

/** Makes a handler of errors, which Express recognizes by its four parameters. */
export function onError(handle: (error: unknown, failed: Failed) => void): ErrorRequestHandler {
  const handler: ErrorRequestHandler = (...[error, req, res, next]) => {
    handle(error, { req, res, next });
  };
  return Object.defineProperty(handler, 'length', { value: 4 });
}

/** Makes a handler of outages; any other error, and one after the answer has begun, goes to the next handler. */
export const onOutage = (answer: (failed: Failed) => void): ErrorRequestHandler =>
  onError((error, failed) => {
    if (outageOf(error) === undefined || failed.res.headersSent) failed.next(error);
    else answer(failed);
  });

/** Answers any error as a problem (RFC 9457); only our own faults are logged. */
export const answerErrors = (log: Log): ErrorRequestHandler =>
  onError((error, { req, res }) => {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) tell(log, { error, req, refusal });
    if (res.headersSent) res.destroy();
    else answerRefusal(refusal, req, res);
  });

interface Problem {
  readonly [more: string]: unknown;
  readonly title: string;
  readonly status: number;
  readonly code: RefusalCode;
}

/** Returns the body of a refusal. */
export function problemOf({ details, status, code }: Refusal, language: Language): Problem {
  const { detail, errors, ...more } = details;
  const members = Object.entries(more).filter(([name]) => name !== 'retryAfterSeconds');
  return {
    ...Object.fromEntries(members),
    ...(detail === undefined ? {} : { detail: said(detail, language) }),
    ...(errors === undefined ? {} : { errors: [...saidIn(errors, language)] }),
    title: refusalTitle(code, language),
    status,
    code,
  };
}

function answerRefusal(refusal: Refusal, req: Request, res: Response): void {
  const { retryAfterSeconds } = refusal.details;
  const wait =
    retryAfterSeconds ?? (refusal.status === 503 || refusal.status === 429 ? RETRY_SECONDS : undefined);
  if (wait !== undefined) res.set('Retry-After', String(wait));
  if (refusal.status === 401) res.set('WWW-Authenticate', 'Bearer realm="bonheure"');
  readOn(req, res);
  const language = requestLanguage(req, localeOf(res));
  res
    .status(refusal.status)
    .set('Content-Language', language)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        ...problemOf(refusal, language),
        type: 'about:blank',
        ...(refusal.status === 500 ? { id: requestIdOf(res) } : {}),
      }),
    );
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // The router cannot decode a path such as /%E0%A4%A.
  if (error instanceof URIError) return new Refusal('NOT_FOUND');
  const outage = outageOf(error);
  if (outage !== undefined) return new Refusal(outage);
  const malformed = bodyRefusal(error);
  if (malformed !== undefined) return malformed;
  if (isBusy(error)) return new Refusal('IDEMPOTENCY_KEY_IN_USE', { retryAfterSeconds: RETRY_SECONDS });
  return new Refusal('INTERNAL');
}

/**
 * Says whether a lock was not free in time: the only lock for which a route limits its wait is that of an idempotency
 * key.
 */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}

function tell(
  log: Log,
  { error, req, refusal }: { readonly error: unknown; readonly req: Request; readonly refusal: Refusal },
): void {
  const id = req.res === undefined ? undefined : requestIdOf(req.res);
  // An intended answer, such as a probe's while the instance starts, is no fault that somebody has to look at.
  if (NOT_YET.has(refusal.code)) log.info({ request: id, code: refusal.code }, 'not ready');
  else log.error({ request: id, code: refusal.code, fault: faultOf(error) }, 'request failed');
}
