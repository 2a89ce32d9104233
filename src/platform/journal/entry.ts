import { z } from 'zod';
import { REMINDERS } from '../../law/base/index.ts';
import { instant, type Clock, isSimulated } from '../clock.ts';
import { uuidV7 } from '../random.ts';

const common = {
  identity: z.string(),
  from: z.string(),
  to: z.string().optional(),
  ticket: z.string().optional(),
};

/** The parts of a person's or an operator's call that are kept. */
export const Incoming = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('reply'),
    ...common,
    text: z.string(),
    parts: z.array(z.string()).readonly().optional(),
  }),
  z.looseObject({ kind: z.literal('stop'), ...common, text: z.string().optional() }),
]);

/** A message from a person, or a STOP that its operator took. */
export type Incoming = z.output<typeof Incoming>;

/** A call as it is sealed, with its reception. */
export const SealedCall = z.object({
  method: z.string(),
  target: z.string(),
  contentType: z.string(),
  contentEncoding: z.string(),
  body: z.string(),
  at: z.string(),
  machineAt: z.string(),
  simulated: z.boolean(),
});

const PURPOSES = ['marketing', ...REMINDERS] as const;
const CHANNELS = ['sms', 'link', 'email', 'counter', 'phone', 'letter', 'form', 'api', 'operator'] as const;

/** The moment of reception, as this process knew the time; made before the entry is kept anywhere. */
const Reception = z.object({
  /** The id of its effect, whoever applies it. */
  id: z.uuid(),
  at: z.string(),
  machineAt: z.string(),
  /** The last known revision of the law clock's offset. */
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

/** An operator's call with an unreadable part: a STOP may be in it. */
const Call = z.object({
  kind: z.literal('call'),
  gateway: z.string(),
  accountId: z.uuid(),
  unread: z.int(),
  call: SealedCall,
  reception: Reception,
});

/** An opt-out by API, page, link or counter, or a suppressed number. */
const OptOut = z.object({
  kind: z.literal('leaving'),
  act: z.enum(['withdrawn', 'objected']),
  tenantId: z.uuid(),
  /** The number in E.164, or the contact who holds it. */
  person: z.union([z.object({ phone: z.string() }), z.object({ contactId: z.uuid() })]),
  scope: z.union([z.literal('all'), z.array(z.enum(PURPOSES)).min(1)]),
  channel: z.enum(CHANNELS),
  occurredAt: z.string(),
  actor: z.string(),
  source: z.string().optional(),
  evidence: z.record(z.string(), z.string()),
  /** Records nothing where the number is already suppressed for it: a link may be pressed many times. */
  once: z.literal(true).optional(),
  reception: Reception,
});

/** A press of an opt-out link while its person could not be looked up. */
const Pressed = OptOut.pick({
  scope: true,
  channel: true,
  occurredAt: true,
  actor: true,
  evidence: true,
  once: true,
  reception: true,
}).extend({ kind: z.literal('pressed'), contactId: z.uuid() });

/** An erasure request: a restored database must not bring the person back. */
const Erasure = z.object({
  kind: z.literal('erasure'),
  tenantId: z.uuid(),
  contactId: z.uuid(),
  requestedAt: z.string(),
  identityChecked: z.boolean().optional(),
  reason: z.string().optional(),
  actor: z.string(),
  reception: Reception,
});

/** The entries of the journal; a kind added here needs its effect in `apply-entry.ts`. */
export const JournalEntry = z.discriminatedUnion('kind', [Inbound, Call, OptOut, Pressed, Erasure]);

/** An entry as its line is validated, of any kind. */
export type JournalEntry = z.output<typeof JournalEntry>;
export type InboundEntry = z.output<typeof Inbound>;
export type CallEntry = z.output<typeof Call>;
export type OptOutEntry = z.output<typeof OptOut>;
export type PressedEntry = z.output<typeof Pressed>;
export type ErasureEntry = z.output<typeof Erasure>;
export type Reception = z.output<typeof Reception>;

/** Notes the time of reception and draws an id. */
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

/** Returns the seconds since the reception of an entry. */
export const secondsSince = (clock: Clock, { reception }: JournalEntry): number =>
  Math.max(0, clock.machine() - Date.parse(reception.machineAt)) / 1_000;
