import express, { type Express, type Handler, type Router } from 'express';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Refusal } from '../../platform/index.ts';
import { answerErrors } from './answer-errors.ts';
import type { Api } from './api.ts';
import { nameRoute, requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

/** Further mounts of one process besides the routes of the API. */
export interface Mounted {
  /** Its name in the log. */
  readonly template: string;
  readonly at: string;
  readonly router: Router | Handler;
}

/** The middleware in front of every request. */
export type Edge = Pick<Api, 'log' | 'metrics' | 'clock' | 'traced' | 'trustedProxies' | 'publicUrl'>;

/** Builds the application of the public server: its mounts, and nothing else. */
export const publicApp = (edge: Edge, mounted: readonly Mounted[]): Express =>
  closed(appWith(edge, mounted), edge);

/** Builds an application in which every request is bounded, logged and protected before anything reads it. */
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

/** One span for each request, named by its template; a caller's trace context is not used. */
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

/** Answers any other address with not found, and every fault in one form. */
export function closed(app: Express, { log }: Pick<Edge, 'log'>): Express {
  app.use(() => {
    throw new Refusal('NOT_FOUND');
  });
  return app.use(answerErrors(log));
}

/** Names a mount for log and metrics. */
export const namedRoute =
  (template: string): Handler =>
  (_, res, next) => {
    nameRoute(res, template);
    next();
  };
