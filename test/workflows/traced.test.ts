import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/platform/plan.ts';
import { keptBundle } from '../../src/temporal/worker-parts.ts';
import { queues } from '../../workflows/settings.ts';
import { keptCache } from '../support/kept.ts';
import { done, inEnvironment, soon, whileRunning } from './stage.ts';

/** Where the interceptors of Temporal's SDK look for a trace. */
const HEADER = '_tracer-data';
const TRACE = 'a1'.repeat(16);
const REQUEST = 'b2'.repeat(8);

/** A span as the sandbox hands it out. */
interface Told {
  readonly name: string;
  readonly spanContext: { readonly traceId: string; readonly spanId: string };
  readonly parentSpanContext?: { readonly spanId: string };
}

interface Seen {
  readonly spans: readonly Told[];
  /** The trace that each activity was told, as W3C writes it. */
  readonly activities: readonly (string | undefined)[];
}

function traceparentIn(headers: Headers): string | undefined {
  const payload = headers[HEADER];
  return payload && defaultPayloadConverter.fromPayload<{ traceparent?: string }>(payload).traceparent;
}

/** A client whose orders belong to this trace; without one, as a schedule or Temporal's own program orders. */
function telling(traceparent: string | undefined): WorkflowClientInterceptor {
  if (traceparent === undefined) return {};
  const header = { [HEADER]: defaultPayloadConverter.toPayload({ traceparent }) };
  const told = <T extends { readonly headers: Headers }>(input: T): T => ({
    ...input,
    headers: { ...input.headers, ...header },
  });
  return {
    startWithDetails: (input, next) => next(told(input)),
    signal: (input, next) => next(told(input)),
    query: (input, next) => next(told(input)),
  };
}

/** A tenant's answers are begun, told of one more and looked at, over workers that trace. */
async function seen(traceparent: string | undefined): Promise<Seen> {
  const [spans, activities]: [Told[], (string | undefined)[]] = [[], []];
  const held = Promise.withResolvers<Plan>();
  const sendAcknowledgements = (): Promise<Plan> => held.promise;
  const given = {
    workflowBundle: await keptBundle(await keptCache(), { traced: true }),
    activities: { sendAcknowledgements },
    sinks: { exporter: { export: { fn: (_: unknown, ended: Told[]) => void spans.push(...ended) } } },
    interceptors: {
      activity: [
        () => ({
          inbound: {
            execute: (input: { readonly headers: Headers }, next: (input: never) => Promise<unknown>) => {
              activities.push(traceparentIn(input.headers));
              return next(input as never);
            },
          },
        }),
      ],
    },
  };
  const client = { identity: 'test', interceptors: { workflow: [telling(traceparent)] } };
  await inEnvironment(client, async (environment) => {
    const both = [queues.orchestration, queues.transactional];
    const workers = await Promise.all(both.map((taskQueue) => environment.worker({ taskQueue, ...given })));
    await whileRunning(workers, async () => {
      const handle = await environment.client.workflow.start('acknowledgements', {
        workflowId: 'acknowledgements/t-1',
        taskQueue: queues.orchestration,
        args: [{ tenantId: 't-1' }],
      });
      await soon(() => activities.length > 0);
      await handle.query('__stack_trace');
      await handle.signal('changed');
      held.resolve(done('NOTHING_OWED'));
      await handle.result();
      await soon(() => traceparent === undefined || spans.some(({ name }) => name.startsWith('RunWorkflow')));
    });
  });
  return { spans, activities };
}

describe('a workflow of a worker that traces', () => {
  it('passes a request’s trace to its activities', async () => {
    const { spans, activities } = await seen(`00-${TRACE}-${REQUEST}-01`);
    expect(new Set(spans.map(({ spanContext }) => spanContext.traceId))).toEqual(new Set([TRACE]));
    const parentOf = (named: string) => spans.find(({ name }) => name === named)?.parentSpanContext?.spanId;
    expect(parentOf('RunWorkflow:acknowledgements')).toBe(REQUEST);
    expect(parentOf('HandleSignal:changed')).toBe(REQUEST);
    const whole = spans.find(({ name }) => name === 'RunWorkflow:acknowledgements');
    expect(parentOf('StartActivity:sendAcknowledgements')).toBe(whole?.spanContext.spanId);
    const begun = spans.filter(({ name }) => name === 'StartActivity:sendAcknowledgements');
    expect(activities.length).toBeGreaterThan(0);
    expect(activities).toEqual(begun.map(({ spanContext }) => `00-${TRACE}-${spanContext.spanId}-01`));
  });

  it('begins no trace of its own', async () => {
    const { spans, activities } = await seen(undefined);
    expect(spans).toEqual([]);
    expect(activities.length).toBeGreaterThan(0);
    expect(activities.filter((told) => told?.endsWith('-00') !== true)).toEqual([]);
  });
});
