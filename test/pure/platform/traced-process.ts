// A process as an api or a worker begins: it asks for traces, ends one span that notes too much, and closes.
import { registerHooks } from 'node:module';

const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    const [, name] = /node_modules\/(@(?:opentelemetry|temporalio)\/[^/]+)\//.exec(url) ?? [];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  },
});

const { openTracing } = await import('../../../src/platform/tracing.ts');
const { openWorkerTraces } = await import('../../../src/temporal/worker-traces.ts');
const { SpanStatusCode, trace } = await import('@opentelemetry/api');
const tracing = (await openTracing(process.env, 'api')) ?? (await openWorkerTraces(process.env));

const secret = String(process.argv[2]);
const span = trace.getTracer('bonheure').startSpan('GET /v1/contacts/{id}', {
  attributes: { 'http.route': '/v1/contacts/{id}', 'url.full': secret },
  links: [
    {
      context: { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 },
      attributes: { named: secret },
    },
  ],
});
span.addEvent('read', { answer: secret });
span.recordException(new Error(secret));
span.setStatus({ code: SpanStatusCode.ERROR, message: secret });
span.end();

const before = performance.now();
await tracing?.close();
console.log(JSON.stringify({ loaded: [...loaded].toSorted(), closedMs: performance.now() - before }));
// As they do: what a library still waits for keeps nobody.
process.exit(0);
