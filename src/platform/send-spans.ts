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

/** Templates, types, codes and ids; whatever else a library notes stays here. */
const TOLD = new Set([
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

/** What a process that is traced is made with besides. */
export interface Tracing {
  readonly processor: SpanProcessor;
  readonly resource: Resource;
  /** Sends what waits, for two seconds at most. */
  close(): Promise<void>;
}

/** Registers a tracer whose spans carry ids alone; a trace begins at the api, and nowhere else. */
export function sendSpans(kind: 'api' | 'public' | 'worker'): Tracing {
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': `bonheure-${kind}` }));
  const processor = new BatchSpanProcessor(new BareExporter(new OTLPTraceExporter()));
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

/** Messages of errors may quote anything: they, and what is not known to be an id, do not leave. */
class BareExporter implements SpanExporter {
  readonly #exporter: SpanExporter;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#exporter.export(spans.map(bare), done);
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

/** A copy of a span with what may leave; a field that a later SDK adds is not in it. */
function bare(span: ReadableSpan): ReadableSpan {
  const told = Object.entries(span.attributes).filter(([name]) => TOLD.has(name));
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
    attributes: Object.fromEntries(told),
    droppedAttributesCount,
    events: [],
    droppedEventsCount,
    links: [],
    droppedLinksCount,
    status: { code: span.status.code },
  };
}
