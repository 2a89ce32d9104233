import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import express, { type Express, type Handler, type Router, type Request } from 'express';
import { Refusal } from '../../platform/index.ts';
import { answerErrors } from './answer.ts';
import { nameRoute, requestLog } from './request-log.ts';
import type { Api } from './route.ts';

/** A handler that a process mounts besides the routes of the API. */
export interface Mounted {
  /** The path as the log names it. */
  readonly template: string;
  readonly at: string;
  readonly router: Router | Handler;
}

type Edge = Pick<Api, 'log' | 'metrics' | 'clock' | 'traced' | 'trustedProxies' | 'publicUrl'> &
  Partial<Pick<Api, 'callers'>>;

/** Builds the application of the public server, which has only mounts. */
export const publicApp = (edge: Edge, mounted: readonly Mounted[]): Express =>
  closed(appWith(edge, mounted), edge);

/**
 * Builds an application in which every request is limited and logged, and has security headers, before anything reads
 * it.
 */
export function appWith(edge: Edge, mounted: readonly Mounted[]): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', [...(edge.trustedProxies ?? [])]);
  app.set('case sensitive routing', true).set('strict routing', false);
  if (edge.traced === true) app.use(tracedRequest);
  app.use(securityHeaders(edge.publicUrl), requestLog(edge));
  for (const { at, template, router } of mounted) app.use(at, namedRoute(template), router);
  return app;
}

/** Makes a span for each request, named by its template; the trace context of the caller is ignored. */
const tracedRequest: Handler = (req, res, next) => {
  const span = trace.getTracer('bonheure').startSpan(req.method, { kind: SpanKind.SERVER, root: true });
  res.once('close', () => {
    const named: unknown = res.locals['route'];
    const route = typeof named === 'string' && named !== '' ? named : '(unknown)';
    span.updateName(`${req.method} ${route}`);
    span.setAttributes({
      'http.request.method': req.method,
      'http.route': route,
      'http.response.status_code': res.statusCode,
    });
    if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(context.active(), span), next);
};

/** Completes an application: other addresses are answered with not found, and every error in one form. */
export function closed(app: Express, { log }: Pick<Edge, 'log'>): Express {
  app.use(() => {
    throw new Refusal('NOT_FOUND');
  });
  return app.use(answerErrors(log));
}

export const namedRoute =
  (template: string): Handler =>
  (_, res, next) => {
    nameRoute(res, template);
    next();
  };

const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** For a year, a client that came by TLS once uses TLS alone, also for hosts below ours. */
const BY_TLS_ALONE = { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' };

/** Says whether people reach this instance by TLS, of its own or of a proxy before it. */
export const isByTls = (publicUrl: string): boolean => publicUrl.startsWith('https:');

/**
 * Sets headers for data: nothing in an answer may run, be framed, have its type guessed or be cached. Pages set less
 * strict ones.
 */
function securityHeaders(publicUrl: string): Handler {
  const all = { ...headers, ...(isByTls(publicUrl) && BY_TLS_ALONE) };
  return (_, res, next) => {
    res.set(all);
    next();
  };
}

/** Says whether a page of another site sent a request in its visitor's name. */
export function isFromElsewhere(req: Request): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // Browsers send Sec-Fetch-Site only by https and to this machine; they send Origin with every form.
  const { origin, host } = req.headers;
  return origin !== undefined && URL.parse(origin)?.host !== host;
}
