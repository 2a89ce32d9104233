import {
  instant,
  startLoop,
  receive,
  onlyHere,
  type Log,
  type Loop,
  type Clock,
  type Database,
  type Vault,
  type InboundEntry,
  type Journal,
  type OptOutTaking,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import {
  noteAccount,
  circuitOf,
  keepUnreadPdu,
  keepAllReceipts,
  dueReplies,
  forgetParts,
  keepPart,
  noteReceivedWhole,
  takeReply,
  isReceipt,
  isReplyOrStop,
  type ReceiptEvent,
  type ReplyEvent,
  type StopEvent,
  type Account,
  type ReplyPart,
  type PartsTogether,
  type TakingAccount,
} from '../../sending/index.ts';
import { wholeReply } from '../smpp/deliver-sm.ts';

/**
 * Takes what operators send on our own connection: replies once they are durable, receipts once they are committed.
 * Operators repeat unacknowledged calls.
 */
export function receiveFromOperators(parts: ReceivingParts, accounts: Iterable<Account>): void {
  const { database, vault, clock } = parts;
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  for (const account of accounts)
    account.gateway.receive?.(
      async (events) => {
        await takeReplies(parts, namedAccount(account), events.filter(isReplyOrStop));
        await keepAllReceipts(deps, account.id, events.filter(isReceipt));
        await noteTroubles(parts, account, events.filter(isReceipt));
      },
      (bytes) =>
        database.outside((tx) =>
          keepUnreadPdu(
            tx,
            { vault },
            {
              id: deps.newId(),
              accountId: account.id,
              bytes,
              receivedAt: instant(clock.machine()).toISO(),
            },
          ),
        ),
      (part) => takePart(parts, namedAccount(account), part),
    );
}

/** Handles receipts about the account itself: lack of credit is reported, too fast a rate rests it. */
async function noteTroubles(
  { database, clock }: ReceivingParts,
  { id: accountId, gateway }: Account,
  receipts: readonly ReceiptEvent[],
): Promise<void> {
  const troubles = new Set(receipts.map(({ trouble }) => trouble));
  if (troubles.has('THROTTLED')) circuitOf(gateway).rests(clock.monotonic());
  if (!troubles.has('CREDIT')) return;
  const at = instant(clock.machine()).toISO();
  await database.outside((tx) => noteAccount(tx, clock, { accountId, state: 'credit', at }));
}

const namedAccount = ({ id, gateway }: Account): NamedAccount => ({
  id,
  name: gateway.name,
  acknowledgesStop: gateway.capabilities.acknowledgesStop,
});

/** Parts arrive within seconds of each other: missing ones are awaited for so long, then the reply is read without them. */
const WAIT_MS = 300_000;

/** Time for which parts of a completed reply are recognized when repeated. */
const KNOWN_MS = 3_600_000;
const EVERY_MS = 15_000;

/** Keeps a part, and reads the reply at once when it was the last one. */
export async function takePart(
  parts: ReceivingParts,
  account: NamedAccount,
  part: ReplyPart,
): Promise<'kept' | 'full'> {
  const { database, vault, clock } = parts;
  const receivedAt = instant(clock.machine()).toISO();
  const arrived = { id: uuidV7(clock.machine()), accountId: account.id, part, receivedAt };
  const kept = await database.outside((tx) => keepPart(tx, vault, arrived));
  if (typeof kept === 'string') return kept;
  // It is kept by now: a failure here is retried by the next turn of the loop.
  await receiveWhole(parts, account, kept).catch(() => undefined);
  return 'kept';
}

/**
 * Takes a reply whose parts are together; read twice, as after a crash, it counts once, by the identity of its
 * parts.
 */
async function receiveWhole(
  parts: ReceivingParts,
  account: NamedAccount,
  reply: PartsTogether,
): Promise<void> {
  await takeReplies(parts, account, wholeReply(reply.parts, `long ${reply.replyId}`));
  const at = instant(parts.clock.machine()).toISO();
  await parts.database.outside((tx) => noteReceivedWhole(tx, reply.replyId, at));
}

/** Reads replies with a missing part, or that a crash left between two steps; says whether there were any. */
export async function receiveDueReplies(
  parts: ReceivingParts,
  accountOf: (id: string) => Pick<NamedAccount, 'acknowledgesStop'> | undefined,
): Promise<boolean> {
  const { database, vault, clock } = parts;
  const now = clock.machine();
  const at = instant(now).toISO();
  const due = await database.outside((tx) =>
    dueReplies(tx, vault, { at, before: instant(now - WAIT_MS).toISO() }),
  );
  const outcomes = await Promise.allSettled(
    due.map((reply) => {
      const { accountId: id, accountName: name } = reply;
      const acknowledgesStop = accountOf(id)?.acknowledgesStop ?? false;
      return receiveWhole(parts, { id, name, acknowledgesStop }, reply);
    }),
  );
  await database.outside((tx) => forgetParts(tx, instant(now - KNOWN_MS).toISO()));
  // A reply that fails now holds no other back.
  for (const one of outcomes) if (one.status === 'rejected') throw one.reason;
  return due.length > 0;
}

/** Reads due replies at intervals. */
export const watchLongReplies = (
  parts: ReceivingParts & { readonly log: Log },
  accountOf: Parameters<typeof receiveDueReplies>[1],
): Loop =>
  startLoop({
    name: 'long-replies',
    everyMs: EVERY_MS,
    work: () => receiveDueReplies(parts, accountOf),
    log: parts.log,
  });

/** The dependencies of receiving calls. */
export interface ReceivingParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Replies are on disk before their effect is committed. */
  readonly journal: Pick<Journal, 'takeAll' | 'here'>;
}

interface NamedAccount extends TakingAccount {
  readonly name: string;
}

/** Takes replies; resolves once they are durable. */
export async function takeReplies(
  parts: ReceivingParts,
  account: NamedAccount,
  events: readonly (ReplyEvent | StopEvent)[],
): Promise<void> {
  await parts.journal.takeAll(events.map((event) => takingOf(parts, account, event)));
}

function takingOf(
  { database: everywhere, vault, clock, journal }: ReceivingParts,
  { name, ...account }: NamedAccount,
  event: ReplyEvent | StopEvent,
): OptOutTaking {
  const database = onlyHere(everywhere, journal);
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  const reception = receive(clock);
  const entry: InboundEntry = {
    kind: 'inbound',
    gateway: name,
    accountId: account.id,
    event: { ...event },
    reception,
  };
  const { id, at: receivedAt, simulated } = reception;
  const reply = { event: entry.event, id, receivedAt, simulated };
  return { entry, commit: () => takeReply(deps, account, reply) };
}
