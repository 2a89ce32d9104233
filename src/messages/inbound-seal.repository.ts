import { keyedDigest, seal, unseal, type VersionedKey } from '../database/cipher.ts';

const place = (table: 'inbound' | 'receipt', id: string) => ({
  tenant: 'instance',
  table,
  column: 'sealed',
  row: id,
});

/** Seals what came in under the instance's inbox key: no tenant is known yet. */
export const sealIncoming = (
  key: VersionedKey,
  into: { readonly table: 'inbound' | 'receipt'; readonly id: string },
  event: unknown,
): Buffer => seal(key, place(into.table, into.id), JSON.stringify(event));

/** What `sealIncoming` took, as parsed JSON. */
export const openIncoming = (
  key: VersionedKey,
  from: { readonly table: 'inbound' | 'receipt'; readonly id: string },
  sealed: Buffer,
): unknown => JSON.parse(unseal(key, place(from.table, from.id), sealed).toString('utf8'));

/** Tells two deliveries of one thing from two things, without keeping whom it names. */
export const incomingDigest = (key: VersionedKey, identity: string): Buffer => keyedDigest(key.key, identity);
