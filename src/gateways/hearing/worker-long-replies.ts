import { instant, uuidV7, type Log, startLoop, type Loop } from '../../platform/index.ts';
import {
  type ReplyPart,
  dueReplies,
  forgetParts,
  keepPart,
  noteReceivedWhole,
  type PartsTogether,
} from '../../sending/index.ts';
import { wholeReply } from '../smpp/long-reply.ts';
import { takeReplies, type HearingParts, type NamedAccount } from './worker-replies.ts';

/** Parts arrive within seconds of each other: missing ones are awaited for so long, then the reply is read without them. */
const WAIT_MS = 300_000;
/** Time for which parts of a completed reply are recognized when repeated. */
const KNOWN_MS = 3_600_000;
const EVERY_MS = 15_000;

/** Keeps a part, and reads the reply at once when it was the last one. */
export async function takePart(
  parts: HearingParts,
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

/** A reply read twice, as after a crash, counts once: its identity is that of its parts. */
async function receiveWhole(parts: HearingParts, account: NamedAccount, reply: PartsTogether): Promise<void> {
  await takeReplies(parts, account, wholeReply(reply.parts, `long ${reply.replyId}`));
  const at = instant(parts.clock.machine()).toISO();
  await parts.database.outside((tx) => noteReceivedWhole(tx, reply.replyId, at));
}

/** Reads replies with a missing part, or that a crash left between two steps; says whether there were any. */
export async function receiveDueReplies(
  parts: HearingParts,
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

/** Looks for such replies at intervals. */
export const watchLongReplies = (
  parts: HearingParts & { readonly log: Log },
  accountOf: Parameters<typeof receiveDueReplies>[1],
): Loop =>
  startLoop({
    name: 'long-replies',
    everyMs: EVERY_MS,
    work: () => receiveDueReplies(parts, accountOf),
    log: parts.log,
  });
