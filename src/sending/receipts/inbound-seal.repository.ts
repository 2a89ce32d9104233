import { keyedDigest, sealBytes, unseal, versionOf, type VersionedKey } from '../../platform/index.ts';

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
