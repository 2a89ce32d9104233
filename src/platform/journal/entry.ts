import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { REMINDERS } from '../../rule/index.ts';
import { instant, type Clock, isSimulated } from '../clock.ts';
import { CiphertextRefused, unseal, versionOf, type Place } from '../../crypto/index.ts';
import type { KeyRing } from '../../settings/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { Position } from './process-folder.ts';

const common = {
  identity: z.string(),
  from: z.string(),
  to: z.string().optional(),
  ticket: z.string().optional(),
};

/** The parts of an operator's call about a person that are kept. */
export const Incoming = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('reply'),
    ...common,
    text: z.string(),
    parts: z.array(z.string()).readonly().optional(),
  }),
  z.looseObject({ kind: z.literal('stop'), ...common, text: z.string().optional() }),
]);

/** A message from a person, or a STOP that the operator processed itself. */
export type Incoming = z.output<typeof Incoming>;

/** An operator's call as it is sealed, with the time of its reception. */
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

/** The time of reception by this process's clocks; made before the entry is kept anywhere. */
const Reception = z.object({
  /** The id of the entry's effect, whichever process applies it. */
  id: z.uuid(),
  at: z.string(),
  machineAt: z.string(),
  /** The revision of the law clock's offset that this process knew last. */
  revision: z.int(),
  simulated: z.boolean(),
});

/** A reply that came through an operator; it may be a STOP. */
const Inbound = z.object({
  kind: z.literal('inbound'),
  gateway: z.string(),
  accountId: z.uuid(),
  event: Incoming,
  reception: Reception,
});

/** An operator's call of which a part is unreadable; a STOP may be in it. */
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
  /** True to record nothing when the number is already suppressed for this scope: a link may be pressed many times. */
  once: z.literal(true).optional(),
  reception: Reception,
});

/** A press of an opt-out link at a time when its person could not be looked up. */
const Pressed = OptOut.pick({
  scope: true,
  channel: true,
  occurredAt: true,
  actor: true,
  evidence: true,
  once: true,
  reception: true,
}).extend({ kind: z.literal('pressed'), contactId: z.uuid() });

/** An erasure request, kept so that a restored database does not bring the person back. */
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

/** Validates an entry of any kind; a kind added here needs its effect in `apply-entry.ts`. */
export const JournalEntry = z.discriminatedUnion('kind', [Inbound, Call, OptOut, Pressed, Erasure]);

/** An entry of any kind. */
export type JournalEntry = z.output<typeof JournalEntry>;
export type InboundEntry = z.output<typeof Inbound>;
export type CallEntry = z.output<typeof Call>;
export type OptOutEntry = z.output<typeof OptOut>;
export type PressedEntry = z.output<typeof Pressed>;
export type ErasureEntry = z.output<typeof Erasure>;
export type Reception = z.output<typeof Reception>;

/** Returns the time of reception, which is now, with a new id. */
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

/** The place to which an entry is sealed: moved, duplicated or put into another journal, it no longer opens. */
export const placeOfEntry = (processId: string, at: Position): Place => ({
  tenant: 'instance',
  table: 'journal',
  column: processId,
  row: `${at.file}@${at.byte}`,
});

/** The content of a frame: an entry, something that this version does not know, or neither when it does not open. */
export interface OpenedEntry {
  readonly entry?: JournalEntry | undefined;
  readonly foreign?: unknown;
}

/** Opens the body of a frame. */
export function openEntry(
  keys: JournalKeys,
  from: { readonly processId: string; readonly at: Position },
  body: Buffer,
): OpenedEntry {
  try {
    const key = keys.of(versionOf(body));
    if (key === undefined) return {};
    const text = unseal(key, placeOfEntry(from.processId, from.at), body).toString('utf8');
    const read: unknown = JSON.parse(text);
    const known = JournalEntry.safeParse(read);
    return known.success ? { entry: known.data } : { foreign: read };
  } catch (error) {
    if (error instanceof CiphertextRefused || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The keys of the journal. They are derived from the key-encryption keys, so that reading it needs no database. */
export type JournalKeys = Readonly<ReturnType<KeyRing['derived']>>;

/** The name under which the journal's keys are derived from the key-encryption keys. */
export const JOURNAL_KEY = 'opt-out journal';

/** The bytes with which a frame begins, by which it is found again after damage. */
const MARK = Buffer.from([0xb5, 0x4a, 0x46, 0x01]);

/** Bytes of a frame's head: mark, length, checksum of both, checksum of the body. */
const HEAD = 16;

/** Bytes; no entry is nearly as long, so a greater length is damage. */
const LONGEST = 4 * 1_024 * 1_024;

type FrameFound =
  | { readonly kind: 'frame'; readonly at: number; readonly end: number; readonly body: Buffer }
  /** Something was kept here and cannot be read any more. */
  | { readonly kind: 'damaged'; readonly at: number; readonly end: number }
  /** An unfinished write, which was never acknowledged. */
  | { readonly kind: 'torn'; readonly at: number; readonly end: number };

/** Frames a body with its length and checksums. */
export function frameOf(body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  MARK.copy(head);
  head.writeUInt32BE(body.length, 4);
  head.writeUInt32BE(crc32(head.subarray(0, 8)), 8);
  head.writeUInt32BE(crc32(body), 12);
  return Buffer.concat([head, body]);
}

/** Yields everything in a file from a byte on, damage included; frames after damage are still found. */
export function* framesIn(file: Buffer, from: number): Generator<FrameFound> {
  let at = from;
  while (at < file.length) {
    const found = frameAt(file, at) ?? unreadableAt(file, at);
    yield found;
    at = found.end;
  }
}

function frameAt(file: Buffer, at: number): Extract<FrameFound, { kind: 'frame' }> | undefined {
  if (!isHead(file, at)) return undefined;
  const end = at + HEAD + file.readUInt32BE(at + 4);
  const body = file.subarray(at + HEAD, end);
  if (end > file.length || crc32(body) !== file.readUInt32BE(at + 12)) return undefined;
  return { kind: 'frame', at, end, body };
}

function isHead(file: Buffer, at: number): boolean {
  return (
    at + HEAD <= file.length &&
    file.subarray(at, at + 4).equals(MARK) &&
    file.readUInt32BE(at + 4) <= LONGEST &&
    crc32(file.subarray(at, at + 8)) === file.readUInt32BE(at + 8)
  );
}

function unreadableAt(file: Buffer, at: number): FrameFound {
  const next = nextFrame(file, at + 1);
  if (next !== undefined) return { kind: 'damaged', at, end: next };
  return { kind: isTorn(file, at) ? 'torn' : 'damaged', at, end: file.length };
}

function nextFrame(file: Buffer, from: number): number | undefined {
  for (let at = file.indexOf(MARK, from); at !== -1; at = file.indexOf(MARK, at + 1))
    if (frameAt(file, at) !== undefined) return at;
  return undefined;
}

/**
 * Says whether a file ends here with an unfinished frame, or with the zeros of a file that grew before its bytes
 * arrived.
 */
function isTorn(file: Buffer, at: number): boolean {
  const rest = file.subarray(at);
  if (isHead(file, at) && at + HEAD + file.readUInt32BE(at + 4) > file.length) return true;
  if (rest.length < HEAD && rest.subarray(0, 4).equals(MARK.subarray(0, rest.length))) return true;
  return rest.subarray(-8).every((byte) => byte === 0);
}
