import { instant, uuidV7, type Log, startLoop, type Loop } from '../../platform/index.ts';
import {
  type ReplyPart,
  dueReplies,
  forgetParts,
  keepPart,
  noteHeardWhole,
  type PartsTogether,
} from '../../sending/index.ts';
import { wholeReply } from '../smpp/long-reply.ts';
import { takeReplies, type HearingParts, type NamedAccount } from './worker-replies.ts';

/** Parts come within seconds of each other: the others are waited for so long, then what is there is heard. */
const WAIT_MS = 300_000;
/** A part that is told again after its reply was heard is known for so long. */
const KNOWN_MS = 3_600_000;
const EVERY_MS = 15_000;

/** Keeps a part, and hears the reply at once when it was the last one. */
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
  // It is kept by now: what fails here is heard by the next turn of the loop.
  await hearWhole(parts, account, kept).catch(() => undefined);
  return 'kept';
}

/** The same reply heard twice, as after a crash, is one: its identity is that of its parts. */
async function hearWhole(parts: HearingParts, account: NamedAccount, reply: PartsTogether): Promise<void> {
  await takeReplies(parts, account, wholeReply(reply.parts, `long ${reply.replyId}`));
  const at = instant(parts.clock.machine()).toISO();
  await parts.database.outside((tx) => noteHeardWhole(tx, reply.replyId, at));
}

/** Hears replies of which a part never came, or that a crash left between two steps; answers whether there were any. */
export async function hearDueReplies(
  parts: HearingParts,
  accountOf: (id: string) => Pick<NamedAccount, 'acknowledgesStop'> | undefined,
): Promise<boolean> {
  const { database, vault, clock } = parts;
  const now = clock.machine();
  const at = instant(now).toISO();
  const due = await database.outside((tx) =>
    dueReplies(tx, vault, { at, before: instant(now - WAIT_MS).toISO() }),
  );
  const heard = await Promise.allSettled(
    due.map((reply) => {
      const { accountId: id, accountName: name } = reply;
      const acknowledgesStop = accountOf(id)?.acknowledgesStop ?? false;
      return hearWhole(parts, { id, name, acknowledgesStop }, reply);
    }),
  );
  await database.outside((tx) => forgetParts(tx, instant(now - KNOWN_MS).toISO()));
  // One that cannot be heard now keeps no other waiting.
  for (const one of heard) if (one.status === 'rejected') throw one.reason;
  return due.length > 0;
}

/** Looks for such replies every so often. */
export const watchLongReplies = (
  parts: HearingParts & { readonly log: Log },
  accountOf: Parameters<typeof hearDueReplies>[1],
): Loop =>
  startLoop({
    name: 'long-replies',
    everyMs: EVERY_MS,
    work: () => hearDueReplies(parts, accountOf),
    log: parts.log,
  });
