import type { Tracing } from './send-spans.ts';

/** Says whether the environment names a collector, by the standard variables. */
export const isTraced = (env: NodeJS.ProcessEnv): boolean =>
  env['OTEL_SDK_DISABLED'] !== 'true' &&
  [env['OTEL_EXPORTER_OTLP_ENDPOINT'], env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']].some(
    (endpoint) => endpoint !== undefined && endpoint !== '',
  );

/** Opens tracing by OTLP over HTTP; returns undefined, and loads nothing, when the environment names no collector. */
export async function openTracing(
  env: NodeJS.ProcessEnv,
  kind: 'api' | 'public' | 'worker',
): Promise<Tracing | undefined> {
  if (!isTraced(env)) return undefined;
  const { sendSpans } = await import('./send-spans.ts');
  return sendSpans(kind);
}
