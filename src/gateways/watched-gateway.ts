import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Gateway, Call, SubmitResult, Health } from '../sending/index.ts';

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

/** The outcome of one call, for counting. */
interface CountedCall {
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'not-written';
  /** A normalised class; empty for an acceptance. */
  readonly reason: string;
  readonly messages: number;
  readonly seconds: number;
}

/** Wraps a gateway so that each of its answers is reported. */
export function countedGateway(
  gateway: Gateway,
  tried: (one: CountedCall, answered: { readonly call: Call; readonly result: SubmitResult }) => void,
): Gateway {
  return {
    name: gateway.name,
    kind: gateway.kind,
    fake: gateway.fake,
    capabilities: gateway.capabilities,
    freeSlots: () => gateway.freeSlots(),
    reserve: (n) => gateway.reserve(n),
    ...(gateway.sentParts && { sentParts: gateway.sentParts.bind(gateway) }),
    submit: async (call, attempt) => {
      const began = attempt.monotonic();
      const result = await gateway.submit(call, attempt);
      tried(triedOf(call, result, (attempt.monotonic() - began) / 1_000), { call, result });
      return result;
    },
    reconcile: (question, signal) => gateway.reconcile(question, signal),
    parseCallback: (request) => gateway.parseCallback(request),
    health: (signal) => gateway.health(signal),
    ...(gateway.pullStops && { pullStops: gateway.pullStops.bind(gateway) }),
    ...(gateway.receive && { receive: gateway.receive.bind(gateway) }),
    close: () => gateway.close(),
  };
}

function triedOf(call: Call, result: SubmitResult, seconds: number): CountedCall {
  const whole = { messages: call.recipients.length, seconds };
  switch (result.kind) {
    case 'ACCEPTED':
      return { outcome: 'accepted', reason: '', messages: result.perRecipient.length, seconds };
    case 'REFUSED':
      return { outcome: 'refused', reason: result.errorClass, ...whole };
    case 'UNKNOWN':
      return { outcome: 'unknown', reason: result.reason, ...whole };
    case 'NOT_WRITTEN':
      return { outcome: 'not-written', reason: result.reason, ...whole };
    default:
      return result satisfies never;
  }
}

const AGAIN_MS = 5_000;

/** An operator that does not answer is asked again in a minute. */
const ASKED_WITHIN_MS = 10_000;

/** Checks an account; one that starts beside us, or fails briefly, is asked twice before it counts as down. */
export async function steadyHealth(
  gateway: Pick<Gateway, 'health'>,
  { stopping, againMs = AGAIN_MS }: { readonly stopping: AbortSignal; readonly againMs?: number },
): Promise<Health> {
  const first = await gateway.health(briefly(stopping));
  if (first.ok || stopping.aborted) return first;
  await pause(againMs, undefined, { signal: stopping }).catch(() => undefined);
  return stopping.aborted ? first : gateway.health(briefly(stopping));
}

/** Bounds a check by the stop of the process and by the operator's time limit. */
export const briefly = (stopping: AbortSignal): AbortSignal =>
  AbortSignal.any([stopping, AbortSignal.timeout(ASKED_WITHIN_MS)]);
