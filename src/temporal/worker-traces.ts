import { openTracing } from '../platform/index.ts';
import type { WorkerOptions } from '@temporalio/worker';

/**
 * Opens the tracing of a worker, as options for Temporal's SDK; returns undefined, and loads nothing, when no collector
 * is named. A trace goes on from the sender of a signal through the workflow into its activities.
 */
export async function openWorkerTraces(env: NodeJS.ProcessEnv) {
  const tracing = await openTracing(env, 'worker');
  if (tracing === undefined) return undefined;
  const sdk = await import('@temporalio/interceptors-opentelemetry-v2');
  return {
    client: { workflow: [new sdk.OpenTelemetryWorkflowClientInterceptor()] },
    workers: {
      interceptors: {
        activity: [(ctx) => ({ inbound: new sdk.OpenTelemetryActivityInboundInterceptor(ctx) })],
      },
      sinks: { exporter: sdk.makeWorkflowExporter(tracing.processor, tracing.resource) },
    } satisfies Pick<WorkerOptions, 'interceptors' | 'sinks'>,
    close: () => tracing.close(),
  };
}
