import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const CLOSES_WITHIN_MS = 2_000;

/** Span attributes that may be exported: templates, types, codes and ids. */
const SENT_ATTRIBUTES = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'temporalWorkflowId',
  'temporalActivityId',
  'run_id',
  'bonheure.account',
  'bonheure.call',
  'bonheure.messages',
  'bonheure.outcome',
]);

/** The tracing of a process. */
export interface Tracing {
  readonly processor: SpanProcessor;
  readonly resource: Resource;
  /** Sends waiting spans, for two seconds at most. */
  close(): Promise<void>;
}

/** Registers a tracer whose spans carry no personal data; traces begin in the api alone. */
export function sendSpans(kind: 'api' | 'public' | 'worker'): Tracing {
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': `bonheure-${kind}` }));
  const processor = new BatchSpanProcessor(new RedactingExporter(new OTLPTraceExporter()));
  const root = kind === 'api' ? new AlwaysOnSampler() : new AlwaysOffSampler();
  const provider = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root }),
    spanProcessors: [processor],
  });
  provider.register();
  return {
    processor,
    resource,
    close: async () => {
      const late = new Promise<void>((over) => {
        setTimeout(over, CLOSES_WITHIN_MS).unref();
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** Removes messages of errors, which may quote anything, and attributes not known to be ids. */
class RedactingExporter implements SpanExporter {
  readonly #exporter: SpanExporter;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#exporter.export(spans.map(redacted), done);
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

/** Copies the fields of a span that may be exported; fields that a later SDK adds are left out. */
function redacted(span: ReadableSpan): ReadableSpan {
  const attributes = Object.entries(span.attributes).filter(([name]) => SENT_ATTRIBUTES.has(name));
  const { name, kind, startTime, endTime, duration, ended, resource, instrumentationScope } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  return {
    name,
    kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    startTime,
    endTime,
    duration,
    ended,
    resource,
    instrumentationScope,
    attributes: Object.fromEntries(attributes),
    droppedAttributesCount,
    events: [],
    droppedEventsCount,
    links: [],
    droppedLinksCount,
    status: { code: span.status.code },
  };
}
