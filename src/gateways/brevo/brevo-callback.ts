import { z } from 'zod';

import type { Callback, GatewayEvent, RawRequest, ReceiptState } from '../gateway.ts';
import { e164Of, jsonOf } from '../http/callback-fields.ts';

const Id = z.union([z.string().max(100), z.number()]).transform(String);

/** Words of a reply come under one of two names, by the page that is read. */
const Told = z.object({
  to: z.union([z.string().max(40), z.number()]).transform(String),
  messageId: Id.optional(),
  msg_status: z.string().max(40),
  date: z.string().max(40).optional(),
  reply: z.string().max(2_000).optional(),
  text: z.string().max(2_000).optional(),
});

const STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['accepted', 'PENDING'],
  ['sent', 'PENDING'],
  ['delivered', 'DELIVERED'],
  ['softBounces', 'UNDELIVERED'],
  ['soft_bounce', 'UNDELIVERED'],
  ['hardBounces', 'UNDELIVERED'],
  ['hard_bounce', 'UNDELIVERED'],
  ['blocked', 'REJECTED'],
  ['rejected', 'REJECTED'],
  ['skipped', 'REJECTED'],
]);

const BAD_NUMBER = new Set(['hardBounces', 'hard_bounce']);
const STOPPED = new Set(['unsubscription', 'unsubscribe', 'unsubscribed']);
const REPLIED = new Set(['replies', 'reply', 'replied']);

/** What Brevo tells in one call, unsigned. */
export function parseBrevoCallback(request: RawRequest): Callback {
  const told = Told.safeParse(jsonOf(request));
  const number = told.success ? numberOf(told.data.to) : undefined;
  if (!told.success || number === undefined) return { kind: 'REJECTED', reason: 'malformed' };
  const reference = new URL(request.url).searchParams.get('m') ?? undefined;
  const event = eventOf(told.data, number, reference);
  return event === undefined
    ? { kind: 'REJECTED', reason: 'malformed' }
    : { kind: 'EVENTS', events: [event] };
}

type Told = z.infer<typeof Told>;

/** Brevo writes the country without its sign: nine digits from Nouméa are no number of the mainland without its 0. */
const numberOf = (written: string): string | undefined => e164Of(written.trim().replace(/^[1-9]\d*$/, '+$&'));

function eventOf(told: Told, number: string, reference: string | undefined): GatewayEvent | undefined {
  const { msg_status: status } = told;
  const text = told.reply ?? told.text;
  const said = { ...aboutOf(told, number), ...(reference !== undefined && { reference }) };
  if (STOPPED.has(status)) return { kind: 'stop', from: number, ...said };
  if (REPLIED.has(status))
    return text === undefined ? undefined : { kind: 'reply', from: number, text, ...said };
  return {
    kind: 'receipt',
    to: number,
    state: STATES.get(status) ?? 'UNKNOWN_FINAL',
    code: status,
    ...said,
    ...(BAD_NUMBER.has(status) && { numberIsBad: true }),
  };
}

/** What two tellings of the same thing have in common. */
function aboutOf({ msg_status: status, messageId, date, reply, text }: Told, number: string) {
  return {
    identity: [messageId, number, status, date, reply ?? text].map((one) => one ?? '').join(' '),
    ...(date !== undefined && { occurredAt: date }),
    ...(messageId !== undefined && { gatewayId: messageId }),
  };
}
