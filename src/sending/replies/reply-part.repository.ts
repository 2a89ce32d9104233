import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction, type Vault } from '../../platform/index.ts';
import { ReplyPart } from '../gateway/gateway.ts';
import {
  incomingDigest,
  olderDigests,
  openIncoming,
  sealIncoming,
  type InboxKeys,
} from '../receipts/kept-call.repository.ts';

/** Most parts that wait for one account; beyond it each part is handled as a reply of its own. */
const MOST_OF_ACCOUNT = 2_000;

interface ArrivedPart {
  readonly id: string;
  readonly accountId: string;
  readonly part: ReplyPart;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** Parts that are handled as one reply. */
export interface PartsTogether {
  readonly replyId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly parts: readonly ReplyPart[];
}

const knownRows = rowsOf('reply_part', ['replyId', 'place', 'digest']).with({ isPassedOn: col.flag() });

/**
 * Keeps a part sealed; returns the reply once all its parts are there, and `full` when too many wait already. A
 * repeated part is kept once. Another text under the same reference is another reply.
 */
export async function keepPart(
  tx: Transaction,
  vault: Vault,
  arrived: ArrivedPart,
): Promise<'kept' | 'full' | PartsTogether> {
  const { accountId, part } = arrived;
  const keys = await vault.instanceKeys(tx, 'inbox', arrived.receivedAt);
  const message = incomingDigest(keys, part.message);
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${accountId} ${part.message}`}, 0))`);
  const known = await tx.rows(knownRows.sql`
    SELECT reply_id AS "replyId", place, digest, told_at IS NOT NULL AS "isPassedOn" FROM reply_part
     WHERE account_id = ${accountId}::uuid AND message = ANY (${[message, ...olderDigests(keys, part.message)]}::bytea[])
     ORDER BY received_at DESC, id DESC`);
  const same = sameAs(known, keys, part);
  if (same?.isPassedOn === true) return 'kept';
  const replyId = same?.replyId ?? openReply(known, part) ?? arrived.id;
  if (same === undefined && !(await added(tx, keys, { ...arrived, replyId, message }))) return 'full';
  const [together] = await partsOf(tx, keys, sql`p.reply_id = ${replyId}::uuid`);
  return together !== undefined && together.parts.length === part.of ? together : 'kept';
}

/** Returns a text that is equal for repetitions of one part of a reply. */
const nameOf = ({ at, dataCoding, octets }: ReplyPart): string => `part ${at} ${dataCoding} ${octets}`;

function sameAs(
  known: readonly RowOf<typeof knownRows>[],
  keys: InboxKeys,
  part: ReplyPart,
): RowOf<typeof knownRows> | undefined {
  const digests = [incomingDigest(keys, nameOf(part)), ...olderDigests(keys, nameOf(part))];
  return known.find(
    ({ place, digest }) => place === part.at && digests.some((one) => one.equals(Buffer.from(digest))),
  );
}

/** Returns the newest reply that waits for that part. */
function openReply(known: readonly RowOf<typeof knownRows>[], part: ReplyPart): string | undefined {
  const waiting = Map.groupBy(
    known.filter(({ isPassedOn }) => !isPassedOn),
    ({ replyId }) => replyId,
  );
  return [...waiting].find(([, parts]) => parts.every(({ place }) => place !== part.at))?.[0];
}

async function added(
  tx: Transaction,
  keys: InboxKeys,
  { id, accountId, part, receivedAt, replyId, message }: ArrivedPart & { replyId: string; message: Buffer },
): Promise<boolean> {
  const sealed = sealIncoming(keys, { table: 'reply_part', id }, part);
  const rows = await tx.run(sql`
    INSERT INTO reply_part (id, reply_id, account_id, message, place, places, digest, sealed, received_at)
    SELECT ${id}::uuid, ${replyId}::uuid, ${accountId}::uuid, ${message}::bytea, ${part.at}::smallint, ${part.of}::smallint,
           ${incomingDigest(keys, nameOf(part))}::bytea, ${sealed}::bytea, ${receivedAt}::timestamptz
     WHERE (SELECT count(*) FROM reply_part WHERE account_id = ${accountId}::uuid AND told_at IS NULL) < ${MOST_OF_ACCOUNT}`);
  return rows > 0;
}

/**
 * Lists replies whose wait is over: all their parts are there, or the first of them came before an ISO instant of
 * the machine clock.
 */
export async function dueReplies(
  tx: Transaction,
  vault: Vault,
  { at, before }: { readonly at: string; readonly before: string },
): Promise<readonly PartsTogether[]> {
  const keys = await vault.instanceKeys(tx, 'inbox', at);
  return partsOf(
    tx,
    keys,
    sql`p.reply_id IN (
      SELECT reply_id FROM reply_part WHERE told_at IS NULL GROUP BY reply_id
      HAVING count(*) = min(places) OR min(received_at) < ${before}::timestamptz ORDER BY min(received_at) LIMIT 10)`,
  );
}

const sealedPartRows = rowsOf('reply_part', ['id', 'replyId', 'accountId', 'sealed']).with({
  accountName: col.of('gateway_account', 'name'),
});

/** Opens the sealed parts of some replies; an unreadable part holds no other back. */
async function partsOf(
  tx: Transaction,
  keys: InboxKeys,
  which: ReturnType<typeof sql>,
): Promise<PartsTogether[]> {
  const rows = await tx.rows(sealedPartRows.sql`
    SELECT p.id, p.reply_id AS "replyId", p.account_id AS "accountId", g.name AS "accountName", p.sealed
      FROM reply_part p JOIN gateway_account g ON g.id = p.account_id WHERE p.told_at IS NULL AND ${which}`);
  const opened = rows.flatMap(({ id, sealed, ...of }) => {
    const part = ReplyPart.safeParse(openIncoming(keys, { table: 'reply_part', id }, sealed));
    return part.success ? [{ ...of, part: part.data }] : [];
  });
  return [...Map.groupBy(opened, ({ replyId }) => replyId).values()].flatMap((reply) => {
    const [first] = reply;
    if (first === undefined) return [];
    const { part: _, ...of } = first;
    return [{ ...of, parts: reply.map(({ part }) => part) }];
  });
}

/** Notes that a reply was handled: its parts are kept for a while, so that a repetition is not another reply. */
export const noteReceivedWhole = (tx: Transaction, replyId: string, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE reply_part SET told_at = ${at}::timestamptz, sealed = '' WHERE reply_id = ${replyId}::uuid AND told_at IS NULL`);

/** Removes parts handled before an ISO instant of the machine clock. */
export const forgetParts = (tx: Transaction, before: string): Promise<number> =>
  tx.run(sql`DELETE FROM reply_part WHERE told_at < ${before}::timestamptz`);
