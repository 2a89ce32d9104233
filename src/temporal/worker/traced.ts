import type { ClientInterceptors } from '@temporalio/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2';
import type { Tracing } from '../../platform/index.ts';
import type { PoolParts } from './worker-pool.ts';

/** The options that a traced worker gives Temporal's SDK. */
export interface Traced {
  readonly client: ClientInterceptors;
  readonly workers: NonNullable<PoolParts['traced']>;
}

/** A trace continues from the sender of a signal through the workflow into its activities. */
export const tracedBy = ({ processor, resource }: Tracing): Traced => ({
  client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  workers: {
    interceptors: { activity: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })] },
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  },
});
