import { setTimeout as pause } from 'node:timers/promises';
import type {
  CallBounds,
  Call,
  Capabilities,
  Gateway,
  Slot,
  SubmitResult,
} from '../../../src/sending/gateway/gateway.ts';

/** The answer that a test wants for one call; by default an acceptance. */
export type Script = (call: Call, attempt: CallBounds) => SubmitResult | Promise<SubmitResult>;

/** A gateway without a network: every call is answered as the test says, and noted. */
export interface ScriptedGateway extends Gateway {
  readonly calls: { readonly call: Call; readonly at: number }[];
  script: Script;
  /** Slots that were neither used nor released yet. */
  out: number;
}

const CAPABILITIES: Capabilities = {
  maxRecipients: 1,
  receipts: 'none',
  idempotency: 'none',
  lookup: 'none',
  signedCallbacks: false,
  ownWindow: false,
  indexingDelayMs: 0,
  requestTimeoutMs: 1_000,
  stopMentionReclassifies: false,
  acknowledgesStop: false,
  canReceive: true,
  stopMention: 'as-written',
  validity: null,
  reports: { parts: false, cost: false },
  stopList: false,
};

/** Accepts every recipient. */
export function taken(call: Call): SubmitResult {
  const now = Date.now();
  return {
    kind: 'ACCEPTED',
    perRecipient: call.recipients.map(({ to, reference }) => ({ to, gatewayId: reference })),
    rejected: [],
    firstByteAt: now,
    answeredAt: now,
  };
}

/** Accepts every recipient after a while. */
export const slowly =
  (ms: number, answer: Script = taken): Script =>
  async (...called) => {
    await pause(ms);
    return answer(...called);
  };

/** Refuses the whole call. */
export const refused = (
  errorClass: Extract<SubmitResult, { kind: 'REFUSED' }>['errorClass'],
  retryAfterMs?: number,
): SubmitResult => ({
  kind: 'REFUSED',
  errorClass,
  code: errorClass,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

export function aScriptedGateway(
  options: { freeSlots?: number; capabilities?: Partial<Capabilities> } = {},
): ScriptedGateway {
  const slots = options.freeSlots ?? 20;
  const gateway: ScriptedGateway = {
    name: 'sandbox',
    kind: 'sandbox',
    fake: true,
    capabilities: { ...CAPABILITIES, ...options.capabilities },
    calls: [],
    script: taken,
    out: 0,
    freeSlots: () => slots - gateway.out,
    reserve: (n) =>
      Array.from({ length: Math.max(0, Math.min(n, slots - gateway.out)) }, () => {
        gateway.out += 1;
        let open = true;
        const release = (): void => {
          if (open) gateway.out -= 1;
          open = false;
        };
        return { release } satisfies Slot;
      }),
    submit: async (call, attempt) => {
      try {
        if (attempt.signal.aborted) return { kind: 'NOT_WRITTEN', reason: 'aborted' };
        const at = attempt.monotonic();
        if (at >= attempt.writeBefore) return { kind: 'NOT_WRITTEN', reason: 'too-late' };
        attempt.onFirstByte?.(at);
        gateway.calls.push({ call, at });
        return await gateway.script(call, attempt);
      } finally {
        attempt.slot.release();
      }
    },
    reconcile: async () => ({ kind: 'UNDECIDABLE', reason: 'no-lookup' }),
    parseCallback: () => ({ kind: 'REJECTED', reason: 'malformed' }),
    health: async () => ({ ok: true }),
    close: async () => undefined,
  };
  return gateway;
}
