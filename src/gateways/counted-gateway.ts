import type { Call, Gateway, SubmitResult } from '../sending/index.ts';

/** The outcome of one call, for counting. */
export interface CountedCall {
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
