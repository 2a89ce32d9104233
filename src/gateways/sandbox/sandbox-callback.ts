import { z } from 'zod';

import type { Callback, GatewayEvent, RawRequest } from '../gateway.ts';

const Receipt = z.object({
  kind: z.literal('receipt'),
  id: z.string(),
  reference: z.string(),
  to: z.string(),
  state: z.enum(['DELIVERED', 'UNDELIVERED']),
  at: z.string(),
});

const Reply = z.object({
  kind: z.literal('reply'),
  id: z.string(),
  from: z.string(),
  to: z.string().optional(),
  text: z.string(),
  at: z.string(),
});

const Told = z.object({ events: z.array(z.discriminatedUnion('kind', [Receipt, Reply])).max(1_000) });

/** What the sandbox operator tells us in one call. */
export function parseSandboxCallback(request: RawRequest): Callback {
  const told = Told.safeParse(jsonOf(request.body));
  if (!told.success) return { kind: 'REJECTED', reason: 'malformed' };
  return { kind: 'EVENTS', events: told.data.events.map(eventOf) };
}

function eventOf(event: z.infer<typeof Receipt> | z.infer<typeof Reply>): GatewayEvent {
  if (event.kind === 'receipt') {
    const { kind, id, reference, to, state, at } = event;
    return { kind, identity: `${id} ${state}`, gatewayId: id, reference, to, state, occurredAt: at };
  }
  const { kind, id, from, to, text, at } = event;
  return { kind, identity: id, from, ...(to !== undefined && { to }), text, occurredAt: at };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
