import { z } from 'zod';

import type { Callback, GatewayEvent, RawRequest, ReceiptEvent, ReceiptState } from '../gateway.ts';
import { e164Of, jsonOf } from '../http/callback-fields.ts';

const common = { message_id: z.string().max(200), number: z.string().max(40) };

/** The date tells which of the three it is; their zone is not written, so it is kept as it came. */
const Told = z.union([
  z.object({ ...common, stop_date: z.string().max(40), text: z.string().max(2_000).optional() }),
  z.object({ ...common, reception_date: z.string().max(40), text: z.string().max(2_000) }),
  z.object({ ...common, delivery_date: z.string().max(40), status: z.string().max(40) }),
]);

const STATES: Readonly<Record<string, ReceiptState>> = {
  ACK: 'PENDING',
  DELIVERED: 'DELIVERED',
  NOT_DELIVERED: 'UNDELIVERED',
  NOT_ALLOWED: 'REJECTED',
  BAD_DESTINATION: 'UNDELIVERED',
  BLACKLISTED_NUMBER: 'OPTED_OUT',
  UNKNOWN_DELIVERY: 'UNKNOWN_FINAL',
  UNDEFINED: 'UNKNOWN_FINAL',
};

/** What Octopush tells in one call: a receipt, a reply or a STOP, unsigned. */
export function parseOctopushCallback(request: RawRequest): Callback {
  const told = Told.safeParse(jsonOf(request));
  if (!told.success) return { kind: 'REJECTED', reason: 'malformed' };
  const number = e164Of(told.data.number);
  if (number === undefined) return { kind: 'REJECTED', reason: 'malformed' };
  return { kind: 'EVENTS', events: [eventOf(told.data, number)] };
}

function eventOf(told: z.infer<typeof Told>, number: string): GatewayEvent {
  const { message_id: ticket } = told;
  if ('stop_date' in told) {
    const { stop_date: at, text } = told;
    const said = { identity: `${ticket} ${number} stop ${at}`, occurredAt: at, ticket };
    return { kind: 'stop', ...said, from: number, ...(text !== undefined && { text }) };
  }
  if ('reception_date' in told) {
    const { reception_date: at, text } = told;
    const said = { identity: `${ticket} ${number} ${at} ${text}`, occurredAt: at, ticket };
    return { kind: 'reply', ...said, from: number, text };
  }
  return receiptOf({ ...told, ticket, number });
}

function receiptOf(told: {
  readonly ticket: string;
  readonly number: string;
  readonly status: string;
  readonly delivery_date: string;
}): ReceiptEvent {
  const { ticket, number, status, delivery_date: at } = told;
  return {
    kind: 'receipt',
    identity: `${ticket} ${number} ${status} ${at}`,
    gatewayId: ticket,
    ticket,
    to: number,
    state: STATES[status] ?? 'UNKNOWN_FINAL',
    code: status,
    occurredAt: at,
    ...(status === 'BAD_DESTINATION' && { numberIsBad: true }),
  };
}
