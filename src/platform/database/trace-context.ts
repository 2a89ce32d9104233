import { context, propagation } from '@opentelemetry/api';

/** The trace that this work belongs to, as W3C writes it; null where nobody traces. */
export function currentTrace(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}
