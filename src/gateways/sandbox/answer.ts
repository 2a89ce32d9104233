import type { Failure } from './behaviour.ts';
import type { Outcome, RequestRecord } from './log-record.ts';

/** What the operator answers to a request, or how it fails to. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'silence' }
  | { readonly kind: 'reset' };

const OUTCOMES = {
  'timeout-after-accept': 'hung',
  reset: 'reset',
  '5xx-before': 'failed',
  '5xx-after': 'accepted',
  throttle: 'throttled',
  reject: 'rejected',
} as const satisfies Record<Failure['kind'], Outcome>;

const RETRY_AFTER_MS = 1_000;

/** What becomes of a request that meets that failure. */
export function outcomeOf(failure: Failure | undefined): Outcome {
  return failure === undefined ? 'accepted' : OUTCOMES[failure.kind];
}

/** What whoever sent the request sees of it. */
export function answerTo({ id, parts, encoding }: RequestRecord, failure: Failure | undefined): Answer {
  if (failure === undefined) return { kind: 'answer', status: 200, body: { id, parts, encoding } };
  switch (failure.kind) {
    case 'timeout-after-accept':
      return { kind: 'silence' };
    case 'reset':
      return { kind: 'reset' };
    case '5xx-before':
    case '5xx-after':
      return { kind: 'answer', status: 503, body: { code: 'OUT_OF_ORDER' } };
    case 'throttle':
      return throttled(failure.retryAfterMs ?? RETRY_AFTER_MS);
    case 'reject':
      return { kind: 'answer', status: 422, body: { code: failure.code ?? 'NUMBER' } };
    default:
      return failure.kind satisfies never;
  }
}

function throttled(retryAfterMs: number): Answer {
  return { kind: 'answer', status: 429, body: { code: 'TOO_FAST' }, retryAfterMs };
}
