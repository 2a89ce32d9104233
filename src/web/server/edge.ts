import express, { type Express, type Handler, type Router } from 'express';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Refusal } from '../../platform/index.ts';
import { answerErrors } from './answer-errors.ts';
import type { Api } from './api.ts';
import { nameRoute, requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

/** What else one process serves besides the routes of the API. */
export interface Mounted {
  /** Told apart in the log by this name. */
  readonly template: string;
  readonly at: string;
  readonly router: Router | Handler;
}

/** What every request meets first. */
export type Edge = Pick<Api, 'log' | 'metrics' | 'clock' | 'traced' | 'trustedProxies' | 'publicUrl'>;

/** The application of the public server: what is mounted, and nothing else. */
export const publicApp = (edge: Edge, mounted: readonly Mounted[]): Express =>
  closed(appWith(edge, mounted), edge);

/** An application in which every request is bounded, logged and protected before anything looks at it. */
export function appWith(edge: Edge, mounted: readonly Mounted[]): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', [...(edge.trustedProxies ?? [])]);
  app.set('case sensitive routing', true).set('strict routing', false);
  if (edge.traced === true) app.use(tracedRequest);
  app.use(securityHeaders(edge.publicUrl), requestLog(edge));
  for (const { at, template, router } of mounted) app.use(at, named(template), router);
  return app;
}

/** One span for each request, named by its template; what a caller says of traces is not taken. */
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

/** Whatever else is asked is not found, and every fault has one answer. */
export function closed(app: Express, { log }: Pick<Edge, 'log'>): Express {
  app.use(() => {
    throw new Refusal('NOT_FOUND');
  });
  return app.use(answerErrors(log));
}

/** Names what is served for log and metrics. */
export const named =
  (template: string): Handler =>
  (_, res, next) => {
    nameRoute(res, template);
    next();
  };
