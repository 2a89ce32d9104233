import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import {
  Refusal,
  type RefusalCode,
  refusalTitle,
  faultOf,
  type Log,
  outageOf,
} from '../../platform/index.ts';
import { requestLanguage, localeOf, requestIdOf } from './request-log.ts';
import { readOn, bodyRefusal } from './read-body.ts';
import { said, saidIn, type Language } from '../../words/index.ts';

const RETRY_SECONDS = 2;

/** The codes by which an instance that starts, or waits for a person after a restoration, answers each probe. */
const NOT_YET: ReadonlySet<RefusalCode> = new Set(['NOT_READY', 'SEALED']);

/** A request that failed, with its answer. */
interface Failed {
  readonly req: Request;
  readonly res: Response;
  readonly next: NextFunction;
}

/** Builds a handler of errors: Express knows one by its four parameters. */
export function onError(handle: (error: unknown, failed: Failed) => void): ErrorRequestHandler {
  const handler: ErrorRequestHandler = (...[error, req, res, next]) => {
    handle(error, { req, res, next });
  };
  return Object.defineProperty(handler, 'length', { value: 4 });
}

/** Builds a handler of outages; any other fault, and one after the answer began, is the application's. */
export const onOutage = (answer: (failed: Failed) => void): ErrorRequestHandler =>
  onError((error, failed) => {
    if (outageOf(error) === undefined || failed.res.headersSent) failed.next(error);
    else answer(failed);
  });

/** Turns any error into one problem (RFC 9457); only our own faults are logged. */
export const answerErrors = (log: Log): ErrorRequestHandler =>
  onError((error, { req, res }) => {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) tell(log, { error, req, refusal });
    if (res.headersSent) res.destroy();
    else answerRefusal(refusal, req, res);
  });

/** A refusal's body, in the requester's language. */
interface Problem {
  readonly [more: string]: unknown;
  readonly title: string;
  readonly status: number;
  readonly code: RefusalCode;
}

/** Builds the members of a refusal's problem. */
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

/** Answers one refusal as `application/problem+json`. */
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
  // The router could not decode a path such as /%E0%A4%A.
  if (error instanceof URIError) return new Refusal('NOT_FOUND');
  const outage = outageOf(error);
  if (outage !== undefined) return new Refusal(outage);
  const malformed = bodyRefusal(error);
  if (malformed !== undefined) return malformed;
  if (isBusy(error)) return new Refusal('IDEMPOTENCY_KEY_IN_USE', { retryAfterSeconds: RETRY_SECONDS });
  return new Refusal('INTERNAL');
}

/** The only wait for a lock that is bounded by us is that for an idempotency key. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}

function tell(
  log: Log,
  { error, req, refusal }: { readonly error: unknown; readonly req: Request; readonly refusal: Refusal },
): void {
  const id = req.res === undefined ? undefined : requestIdOf(req.res);
  // An answer that we meant, such as a probe's while an instance starts, is no fault: nobody is called for it.
  if (NOT_YET.has(refusal.code)) log.info({ request: id, code: refusal.code }, 'not ready');
  else log.error({ request: id, code: refusal.code, fault: faultOf(error) }, 'request failed');
}
