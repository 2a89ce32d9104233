import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Gateway } from '../sending/index.ts';

/** Wraps a gateway so that each call to its operator is a span. */
export function tracedGateway(gateway: Gateway): Gateway {
  const submit: Gateway['submit'] = (call, attempt) =>
    trace
      .getTracer('bonheure')
      .startActiveSpan(`submit ${gateway.kind}`, { kind: SpanKind.CLIENT }, async (span) => {
        span.setAttributes({
          'bonheure.account': gateway.name,
          'bonheure.call': call.key,
          'bonheure.messages': call.recipients.length,
        });
        try {
          const result = await gateway.submit(call, attempt);
          span.setAttribute('bonheure.outcome', result.kind);
          if (result.kind !== 'ACCEPTED') span.setStatus({ code: SpanStatusCode.ERROR });
          return result;
        } finally {
          span.end();
        }
      });
  return {
    name: gateway.name,
    kind: gateway.kind,
    fake: gateway.fake,
    capabilities: gateway.capabilities,
    freeSlots: () => gateway.freeSlots(),
    reserve: (n) => gateway.reserve(n),
    ...(gateway.sentParts && { sentParts: gateway.sentParts.bind(gateway) }),
    submit,
    reconcile: (question, signal) => gateway.reconcile(question, signal),
    parseCallback: (request) => gateway.parseCallback(request),
    health: (signal) => gateway.health(signal),
    ...(gateway.pullStops && { pullStops: gateway.pullStops.bind(gateway) }),
    ...(gateway.receive && { receive: gateway.receive.bind(gateway) }),
    close: () => gateway.close(),
  };
}
