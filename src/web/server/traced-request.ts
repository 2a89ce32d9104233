import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Handler } from 'express';

/** One span for each request, named by its template; what a caller says of traces is not taken. */
export const tracedRequest: Handler = (req, res, next) => {
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
