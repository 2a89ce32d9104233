import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/** The header in which the interceptors of Temporal's SDK look for a trace. */
const HEADER = '_tracer-data';

/** An unsampled trace. The sandbox has a sampler of its own, which samples whatever comes without a trace. */
const UNSAMPLED = `00-${'f'.repeat(32)}-${'f'.repeat(16)}-00`;

const unsampledHeader = { [HEADER]: defaultPayloadConverter.toPayload({ traceparent: UNSAMPLED }) };

const withTrace = <T extends { readonly headers: Headers }>(input: T): T =>
  HEADER in input.headers ? input : { ...input, headers: { ...input.headers, ...unsampledHeader } };

/**
 * Interceptors for the sandbox that run before Temporal's tracing ones, so that a schedule or an order by hand begins
 * no trace.
 */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute: (input, next) => next(withTrace(input)),
      handleSignal: (input, next) => next(withTrace(input)),
      handleQuery: (input, next) => next(withTrace(input)),
      handleUpdate: (input, next) => next(withTrace(input)),
      validateUpdate: (input, next) => next(withTrace(input)),
    },
  ],
});
