import { z } from 'zod';
import { sql } from 'kysely';
import {
  type Vault,
  type Transaction,
  SealedCall,
  col,
  computedRows,
  rowsOf,
  type RowOf,
} from '../../platform/index.ts';
import { keyedDigest, sealBytes, unseal, versionOf, type VersionedKey } from '../../crypto/index.ts';
import type { CallContents, OperatorCall } from '../gateway/gateway.ts';

/** A call to keep. */
export interface ReceivedCall {
  readonly id: string;
  readonly accountId: string;
  readonly sealed: z.output<typeof SealedCall>;
}

/** Builds the sealed form of a call with its reception. */
export const sealable = (
  { body, ...call }: OperatorCall,
  reception: Pick<ReceivedCall['sealed'], 'at' | 'machineAt' | 'simulated'>,
): ReceivedCall['sealed'] => {
  const { at, machineAt, simulated } = reception;
  return { ...call, body: body.toString('base64'), at, machineAt, simulated };
};

/** Restores the call from its sealed form. */
export const unsealedCall = ({
  method,
  target,
  contentType,
  contentEncoding,
  body,
}: ReceivedCall['sealed']): OperatorCall => ({
  method,
  target,
  contentType,
  contentEncoding,
  body: Buffer.from(body, 'base64'),
});

/** Returns a text that is equal for repetitions of one call, whenever they came. */
const identityOf = ({ method, target, contentType, contentEncoding, body }: ReceivedCall['sealed']): string =>
  JSON.stringify([method, target, contentType, contentEncoding, body]);

/** How calls are kept: sealed by the vault, up to `mostBytes` for one account. */
interface Keeping {
  readonly vault: Vault;
  readonly mostBytes?: number | undefined;
}

/** Keeps calls sealed; returns the place of each in order, and undefined for one over the maximum. */
export async function keepReceivedCalls(
  tx: Transaction,
  { vault, mostBytes = MOST_KEPT_BYTES }: Keeping,
  calls: readonly ReceivedCall[],
): Promise<readonly (CallPlace | undefined)[]> {
  const [first] = calls;
  if (first === undefined) return [];
  const keys = await vault.instanceKeys(tx, 'inbox', first.sealed.machineAt);
  const records = calls.map(({ id, accountId, sealed }) => ({
    id,
    wire: 'http' as const,
    accountId,
    digest: incomingDigest(keys, `${accountId} ${identityOf(sealed)}`),
    sealed: sealIncoming(keys, { table: 'unread_delivery', id }, sealed),
    receivedAt: sealed.machineAt,
  }));
  const places = await keepCalls(tx, records, mostBytes);
  return records.map(({ digest }) => places.get(digest.toString('hex')));
}

/** Keeps a call that is unreadable in part; false when it is over the maximum. */
export async function keepUnreadCall(
  tx: Transaction,
  keeping: Keeping,
  { unread, ...call }: ReceivedCall & Pick<CallContents, 'unread'>,
): Promise<CallPlace | undefined> {
  const [place] = await keepReceivedCalls(tx, keeping, [call]);
  if (place !== undefined) await settleCalls(tx, [{ id: place.id, unread }]);
  return place;
}

/** Bytes up to the end of the sequence number, in which a repeated PDU differs. */
const SEQUENCE_ENDS = 16;

/** Keeps an unreadable PDU, sealed for a person; `full` when it is over the maximum. Repetitions are counted. */
export async function keepUnreadPdu(
  tx: Transaction,
  { vault, mostBytes = MOST_KEPT_BYTES }: Keeping,
  {
    id,
    accountId,
    bytes,
    receivedAt,
  }: {
    readonly id: string;
    readonly accountId: string;
    readonly bytes: Buffer;
    /** ISO instant of the machine clock. */
    readonly receivedAt: string;
  },
): Promise<'kept' | 'full'> {
  const keys = await vault.instanceKeys(tx, 'inbox', receivedAt);
  const digest = incomingDigest(keys, bytes.subarray(SEQUENCE_ENDS).toString('base64'));
  const sealed = sealIncoming(keys, { table: 'unread_delivery', id }, bytes.toString('base64'));
  const [place] = (
    await keepCalls(tx, [{ id, wire: 'smpp', accountId, digest, sealed, receivedAt }], mostBytes)
  ).values();
  if (place === undefined) return 'full';
  await settleCalls(tx, [{ id: place.id, unread: 1 }]);
  return 'kept';
}

/** The content of a row: a call, or the bytes of a PDU. */
export type OpenedCall =
  | { readonly wire: 'http'; readonly sealed: ReceivedCall['sealed'] }
  | { readonly wire: 'smpp'; readonly bytes: Buffer };

/** Opens a kept row. */
export function openKept(keys: InboxKeys, { id, wire, sealed }: KeptRow): OpenedCall {
  const opened = openIncoming(keys, { table: 'unread_delivery', id }, sealed);
  if (wire === 'http') return { wire, sealed: SealedCall.parse(opened) };
  return { wire, bytes: Buffer.from(String(opened), 'base64') };
}

interface CallRecord {
  readonly id: string;
  readonly wire: KeptRow['wire'];
  readonly accountId: string;
  /** Keyed digest of all of it: a repetition is kept once. */
  readonly digest: Buffer;
  /** Sealed under the instance's inbox key. */
  readonly sealed: Buffer;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** Names the place of a kept call. */
export interface CallPlace {
  /** Id of the call that was kept first: another one repeats it. */
  readonly id: string;
}

/** Maximum bytes of one account: beyond it calls are refused until some were read or removed. */
export const MOST_KEPT_BYTES = 1_073_741_824;

const storedCallRows = computedRows({ id: col.text(), digest: col.text() });

/**
 * Keeps raw calls; returns the place of each by its digest in hexadecimal. A call whose account has reached
 * `mostBytes` is left out. A call that is kept already, under its own id or in the same words, is kept once.
 */
async function keepCalls(
  tx: Transaction,
  calls: readonly CallRecord[],
  mostBytes: number,
): Promise<ReadonlyMap<string, CallPlace>> {
  // In one order: two transactions that keep the same calls cannot deadlock.
  const same = Map.groupBy(calls, ({ digest }) => digest.toString('hex'));
  const rows = [...same]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([digest, [one, ...others]]) =>
      one === undefined ? [] : [{ digest, one, times: 1 + others.length }],
    )
    .map(({ digest, one, times }) => ({
      id: one.id,
      wire: one.wire,
      accountId: one.accountId,
      digest,
      times,
      sealed: one.sealed.toString('hex'),
      receivedAt: one.receivedAt,
    }));
  const kept = await tx.rows(storedCallRows.sql`
    WITH told AS (
      SELECT c.id, c.wire, c."accountId" AS account_id, decode(c.digest, 'hex') AS digest, decode(c.sealed, 'hex') AS sealed, c."receivedAt" AS received_at, c.times
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c(id uuid, wire text, "accountId" uuid, digest text, sealed text, "receivedAt" timestamptz, times int)),
    room AS (
      SELECT a.account_id FROM (SELECT DISTINCT account_id FROM told) a
       WHERE (SELECT coalesce(sum(k.delta), 0) FROM kept_size k WHERE k.account_id = a.account_id) < ${mostBytes}::bigint)
    INSERT INTO unread_delivery (id, account_id, digest, sealed, received_at, times, wire, state, size)
    SELECT t.id, t.account_id, t.digest, t.sealed, t.received_at, t.times, t.wire, 'new', octet_length(t.sealed) FROM told t
     WHERE t.account_id IN (SELECT account_id FROM room)
        OR EXISTS (SELECT FROM unread_delivery k WHERE k.account_id = t.account_id AND k.digest = t.digest)
    ON CONFLICT (account_id, digest) DO UPDATE
       SET times = unread_delivery.times + excluded.times - (unread_delivery.id = excluded.id)::int
    RETURNING id, encode(digest, 'hex') AS digest`);
  return new Map(kept.map(({ digest, id }) => [digest, { id }]));
}

/** Fewer changes are summed as fast unfolded. */
const WORTH_FOLDING = 50;

const foldedRows = computedRows({ folded: col.number() });

/** Folds the changes of the accounts' kept bytes into one for each; returns the former number. */
export async function foldKeptSizes(tx: Transaction): Promise<number> {
  const row = await tx.first(foldedRows.sql`
    WITH gone AS (
      DELETE FROM kept_size WHERE (SELECT count(*) FROM kept_size) > ${WORTH_FOLDING} RETURNING account_id, delta),
    kept AS (
      INSERT INTO kept_size (account_id, delta)
      SELECT account_id, sum(delta) FROM gone GROUP BY account_id HAVING sum(delta) <> 0)
    SELECT count(*)::int AS folded FROM gone`);
  return row?.folded ?? 0;
}

/** Removes calls that were read whole, and leaves those with `unread` pieces for a person. */
export async function settleCalls(
  tx: Transaction,
  readings: readonly { readonly id: string; readonly unread: number }[],
): Promise<void> {
  const read = readings.filter(({ unread }) => unread === 0).map(({ id }) => id);
  const left = readings.filter(({ unread }) => unread > 0);
  if (read.length > 0) await tx.run(sql`DELETE FROM unread_delivery WHERE id = ANY (${read}::uuid[])`);
  if (left.length > 0)
    await tx.run(sql`
      UPDATE unread_delivery u SET state = 'unread', pieces = l.unread
        FROM jsonb_to_recordset(${JSON.stringify(left)}::jsonb) AS l(id uuid, unread int) WHERE u.id = l.id`);
}

const keptRows = rowsOf('unread_delivery', [
  'id',
  'accountId',
  'sealed',
  'receivedAt',
  'times',
  'pieces',
]).with({
  accountName: col.of('gateway_account', 'name'),
  wire: col.of('unread_delivery', 'wire').as<'smpp' | 'http'>(),
});

/** A stored callback of an operator, encrypted; `times` counts its receptions. */
export type KeptRow = RowOf<typeof keptRows>;

const SHOWN = sql`
  SELECT u.id, u.account_id AS "accountId", g.name AS "accountName", u.wire, u.sealed, iso(u.received_at) AS "receivedAt", u.times, u.pieces
    FROM unread_delivery u JOIN gateway_account g ON g.id = u.account_id`;

/** Reads unfinished calls: the process that kept them ended, or was held up. Nobody else takes them meanwhile. */
export const leftCalls = (
  tx: Transaction,
  { before, most }: { readonly before: string; readonly most: number },
): Promise<KeptRow[]> =>
  tx.rows(keptRows.sql`
    ${SHOWN} WHERE u.state = 'new' AND u.received_at < ${before}::timestamptz ORDER BY u.received_at LIMIT ${most} FOR UPDATE OF u SKIP LOCKED`);

/** Lists unreadable calls, by their ids from one on. */
export const unreadCalls = (
  tx: Transaction,
  { after, most }: { readonly after: string; readonly most: number },
): Promise<KeptRow[]> =>
  tx.rows(keptRows.sql`
    ${SHOWN} WHERE u.state = 'unread' AND u.id > ${after}::uuid ORDER BY u.id LIMIT ${most} FOR UPDATE OF u SKIP LOCKED`);

/** Reads the latest unreadable calls. */
export const latestUnread = (tx: Transaction, most: number): Promise<KeptRow[]> =>
  tx.rows(keptRows.sql`${SHOWN} WHERE u.state = 'unread' ORDER BY u.received_at DESC LIMIT ${most}`);

/** Removes calls that a person dealt with; returns their number. */
export const forgetUnread = (tx: Transaction, ids: readonly string[]): Promise<number> =>
  tx.run(sql`DELETE FROM unread_delivery WHERE state = 'unread' AND id = ANY (${ids}::uuid[])`);

/** Tables of raw inbound data. */
type Inbox = 'inbound' | 'receipt' | 'unread_delivery' | 'reply_part';

const place = (table: Inbox, id: string) => ({
  tenant: 'instance',
  table,
  column: 'sealed',
  row: id,
});

/** The keys of the inbox: the one in force, then the older ones that still open. */
export type InboxKeys = readonly [VersionedKey, ...VersionedKey[]];

/** Seals inbound data under the instance's inbox key: no tenant is known yet. */
export const sealIncoming = (
  [key]: InboxKeys,
  into: { readonly table: Inbox; readonly id: string },
  event: unknown,
): Buffer => sealBytes(key, place(into.table, into.id), JSON.stringify(event));

export interface SealedOnce {
  readonly id: string;
  /** Keyed digest of the operator's identity of it: a repetition is kept once. */
  readonly digest: Buffer;
  /** The same under the former keys. */
  readonly olderDigests: readonly Buffer[];
  readonly sealed: Buffer;
}

/** Seals an event, with the digests by which a repetition is found. */
export const sealedOnce = (
  keys: InboxKeys,
  into: { readonly table: Inbox; readonly id: string },
  event: { readonly identity: string },
): SealedOnce => ({
  id: into.id,
  digest: incomingDigest(keys, event.identity),
  olderDigests: olderDigests(keys, event.identity),
  sealed: sealIncoming(keys, into, event),
});

/** Opens what `sealIncoming` sealed, as parsed JSON. */
export function openIncoming(
  keys: InboxKeys,
  from: { readonly table: Inbox; readonly id: string },
  sealed: Buffer,
): unknown {
  const version = versionOf(sealed);
  const key = keys.find((known) => known.version === version) ?? keys[0];
  return JSON.parse(unseal(key, place(from.table, from.id), sealed).toString('utf8'));
}

/** Returns a digest that detects repeated deliveries without storing a person. */
export const incomingDigest = ([key]: InboxKeys, identity: string): Buffer => keyedDigest(key.key, identity);

/** Returns the digests under which its first delivery may have been kept, before the key in force. */
export const olderDigests = ([, ...older]: InboxKeys, identity: string): Buffer[] =>
  older.map(({ key }) => keyedDigest(key, identity));
