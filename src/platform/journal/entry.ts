import { z } from 'zod';
import { instant, type Clock } from '../clock.ts';
import { isSimulated } from '../simulated.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { Incoming, SealedCall } from './incoming.ts';

const PURPOSES = ['marketing', 'appointment', 'renewal', 'payment'] as const;
const CHANNELS = ['sms', 'link', 'email', 'counter', 'phone', 'letter', 'form', 'api', 'operator'] as const;

/** When something reached us, as this process knew the time; made before it is kept anywhere. */
const Reception = z.object({
  /** The id its effect will have, whoever brings it about. */
  id: z.uuid(),
  /** ISO instant of the law clock. */
  at: z.string(),
  /** ISO instant of the machine clock. */
  machineAt: z.string(),
  /** The revision of the law clock's offset that was last known. */
  revision: z.int(),
  simulated: z.boolean(),
});

/** A reply that came through an operator: it may be a STOP. */
const Inbound = z.object({
  kind: z.literal('inbound'),
  gateway: z.string(),
  accountId: z.uuid(),
  event: Incoming,
  reception: Reception,
});

/** A call of an operator of which nobody could read something: a STOP may be among it. */
const Call = z.object({
  kind: z.literal('call'),
  gateway: z.string(),
  accountId: z.uuid(),
  /** Pieces that could not be read. */
  unread: z.int(),
  call: SealedCall,
  reception: Reception,
});

/** A person who leaves by API, page, link or counter, or a number to leave alone. */
const Leaving = z.object({
  kind: z.literal('leaving'),
  act: z.enum(['withdrawn', 'objected']),
  tenantId: z.uuid(),
  /** E.164, or the contact who holds it. */
  person: z.union([z.object({ phone: z.string() }), z.object({ contactId: z.uuid() })]),
  scope: z.union([z.literal('all'), z.array(z.enum(PURPOSES)).min(1)]),
  channel: z.enum(CHANNELS),
  /** ISO instant of the law clock. */
  occurredAt: z.string(),
  actor: z.string(),
  source: z.string().optional(),
  evidence: z.record(z.string(), z.string()),
  /** Records nothing where the number is left alone for that already: a link may be pressed many times. */
  once: z.literal(true).optional(),
  reception: Reception,
});

/** A way-out link pressed while nobody could be asked whose person it names. */
const Pressed = Leaving.pick({
  scope: true,
  channel: true,
  occurredAt: true,
  actor: true,
  evidence: true,
  once: true,
  reception: true,
}).extend({ kind: z.literal('pressed'), contactId: z.uuid() });

/** A person who asks to be erased: a restored database must not bring them back. */
const Erasure = z.object({
  kind: z.literal('erasure'),
  tenantId: z.uuid(),
  contactId: z.uuid(),
  /** ISO instant of the request. */
  requestedAt: z.string(),
  identityChecked: z.boolean().optional(),
  reason: z.string().optional(),
  actor: z.string(),
  reception: Reception,
});

/** What the journal keeps; a kind added here needs its effect in `apply-entry.ts`. */
export const JournalEntry = z.discriminatedUnion('kind', [Inbound, Call, Leaving, Pressed, Erasure]);

/** One entry of the journal. */
export type JournalEntry = z.output<typeof JournalEntry>;
export type InboundEntry = z.output<typeof Inbound>;
export type CallEntry = z.output<typeof Call>;
export type LeavingEntry = z.output<typeof Leaving>;
export type PressedEntry = z.output<typeof Pressed>;
export type ErasureEntry = z.output<typeof Erasure>;
export type Reception = z.output<typeof Reception>;

/** Notes the moment and gives what came its id. */
export function receive(clock: Clock): Reception {
  const machine = clock.machine();
  return {
    id: uuidV7(machine),
    at: clock.now().toISO(),
    machineAt: instant(machine).toISO(),
    revision: clock.revision,
    simulated: isSimulated(clock),
  };
}

/** The time from the reception of an entry to now, in seconds. */
export const secondsSince = (clock: Clock, { reception }: JournalEntry): number =>
  Math.max(0, clock.machine() - Date.parse(reception.machineAt)) / 1_000;
