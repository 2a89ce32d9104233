import type { ClientInterceptors } from '@temporalio/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2';
import type { Tracing } from '../platform/index.ts';
import type { PoolParts } from './worker-pool.ts';

/** What a worker that is traced gives Temporal's SDK. */
export interface Traced {
  readonly client: ClientInterceptors;
  readonly workers: NonNullable<PoolParts['traced']>;
}

/** A trace goes on from whoever told a workflow something into its activities. */
export const tracedBy = ({ processor, resource }: Tracing): Traced => ({
  client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  workers: {
    interceptors: { activity: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })] },
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  },
});
