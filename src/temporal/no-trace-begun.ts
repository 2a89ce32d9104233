import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/** Where the interceptors of Temporal's SDK look for a trace. */
const HEADER = '_tracer-data';

/** The sandbox has a sampler of its own, which takes what belongs to no trace for one that begins. */
const UNSAMPLED = `00-${'f'.repeat(32)}-${'f'.repeat(16)}-00`;

const nobodysTrace = { [HEADER]: defaultPayloadConverter.toPayload({ traceparent: UNSAMPLED }) };

const ofSomeTrace = <T extends { readonly headers: Headers }>(input: T): T =>
  HEADER in input.headers ? input : { ...input, headers: { ...input.headers, ...nobodysTrace } };

/** Runs in the sandbox before what traces: a schedule, or an order by hand, begins no trace. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute: (input, next) => next(ofSomeTrace(input)),
      handleSignal: (input, next) => next(ofSomeTrace(input)),
      handleQuery: (input, next) => next(ofSomeTrace(input)),
      handleUpdate: (input, next) => next(ofSomeTrace(input)),
      validateUpdate: (input, next) => next(ofSomeTrace(input)),
    },
  ],
});
