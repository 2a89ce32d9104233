import { z } from 'zod';
import { type Vault, type Transaction, SealedCall } from '../../platform/index.ts';
import type { CallContents, OperatorCall } from '../gateway/gateway.ts';
import {
  incomingDigest,
  openIncoming,
  sealIncoming,
  keepCalls,
  MOST_KEPT_BYTES,
  settleCalls,
  type InboxKeys,
  type CallPlace,
  type KeptRow,
} from './kept-call.repository.ts';

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

/** Equal for repetitions of one call, whenever they came. */
const identityOf = ({ method, target, contentType, contentEncoding, body }: ReceivedCall['sealed']): string =>
  JSON.stringify([method, target, contentType, contentEncoding, body]);

/** The seal of calls, and the maximum bytes kept for one account. */
export interface Keeping {
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

/** A repeated PDU has another sequence number: the rest of it is the same. */
const SEQUENCE_ENDS = 16;

/** An unreadable raw PDU; `receivedAt` is an ISO instant of the machine clock. */
export interface UnreadPdu {
  readonly id: string;
  readonly accountId: string;
  readonly bytes: Buffer;
  readonly receivedAt: string;
}

/** Keeps an unreadable PDU, sealed for a person; `full` when it is over the maximum. Repetitions are counted. */
export async function keepUnreadPdu(
  tx: Transaction,
  { vault, mostBytes = MOST_KEPT_BYTES }: Keeping,
  { id, accountId, bytes, receivedAt }: UnreadPdu,
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
