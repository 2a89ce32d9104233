import type { InferEntity } from '@mikro-orm/core';
import { sql } from 'kysely';
import {
  BEFORE_ALL,
  type Page,
  query,
  type TenantKeys,
  type Transaction,
  WebhookEndpointSchema,
} from '../../platform/index.ts';

/** A stored endpoint. */
type Kept = InferEntity<typeof WebhookEndpointSchema>;

/** The columns that an endpoint shows. */
type Shown = Pick<
  Kept,
  'id' | 'events' | 'description' | 'createdAt' | 'delivered' | 'failed' | 'failingSince' | 'failingBecause'
>;

/** An endpoint for its tenant. */
export interface WebhookEndpoint extends Readonly<Shown> {
  /** Null when it cannot be opened: a new one replaces it. */
  readonly url: string | null;
}

/** The address and the secret with which deliveries are sent. */
export type EndpointAccess = Pick<WebhookEndpoint, 'url'> & { readonly secret: string | null };

/** An address is in clear from an earlier version, until it is sealed. */
const urlOf = ({ url, address }: Kept): string | null => url ?? address;

function shown(kept: Kept): WebhookEndpoint {
  const { id, events, description, createdAt, delivered, failed, failingSince, failingBecause } = kept;
  const url = urlOf(kept);
  return { id, url, events, description, createdAt, delivered, failed, failingSince, failingBecause };
}

/** Reads endpoints in order of creation. */
export async function endpointsOf(
  tx: Transaction,
  keys: TenantKeys,
  { limit, after = BEFORE_ALL }: Page,
): Promise<WebhookEndpoint[]> {
  const own = { id: { $gt: after }, removedAt: null };
  const found = await tx.entities(keys).find(WebhookEndpointSchema, own, { orderBy: { id: 'asc' }, limit });
  return found.map(shown);
}

/** Reads one endpoint, unless it was removed. */
export async function endpointOf(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  const found = await tx.entities(keys).findOne(WebhookEndpointSchema, { id, removedAt: null });
  return found && shown(found);
}

/** Reads what an endpoint is sent with, unless it was removed. */
export async function endpointAccess(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<EndpointAccess | undefined> {
  const found = await tx.entities(keys).findOne(WebhookEndpointSchema, { id, removedAt: null });
  return found && { url: urlOf(found), secret: found.secret };
}

/** Counts the endpoints of a tenant under a lock, so that two concurrent additions are serialized. */
export async function countEndpoints(tx: Transaction): Promise<number> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks|${tx.tenantId}`}, 0))`);
  return tx.entities().count(WebhookEndpointSchema, { removedAt: null });
}

/** An endpoint to store. */
export interface NewEndpoint extends Pick<WebhookEndpoint, 'id' | 'events' | 'description'> {
  readonly url: string;
  readonly secret: string;
  readonly at: string;
}

/** Keeps an endpoint. */
export async function addEndpoint(
  tx: Transaction,
  keys: TenantKeys,
  { url: address, at: createdAt, ...added }: NewEndpoint,
): Promise<void> {
  const em = tx.entities(keys);
  em.create(WebhookEndpointSchema, { ...added, tenantId: tx.tenantId, address, createdAt });
  await em.flush();
}

/** Changes an endpoint; absent fields stay. Another address is tried at once. */
export function changeEndpoint(
  tx: Transaction,
  keys: TenantKeys,
  change: {
    readonly id: string;
    readonly url?: string | undefined;
    readonly events?: readonly string[] | undefined;
    readonly description?: string | null | undefined;
  },
): Promise<number> {
  const { id, url, events, description } = change;
  const place = { table: 'webhook_endpoint', column: 'sealed_url', row: id };
  const address = url === undefined ? {} : { url: null, sealedUrl: keys.seal(place, url) };
  return tx.run(changed(tx, id).set({ ...address, events, description, restingUntil: null }));
}

const changed = (tx: Transaction, id: string) =>
  query
    .updateTable('webhook_endpoint')
    .where('tenantId', '=', tx.tenantId)
    .where('id', '=', id)
    .where('removedAt', 'is', null);

/** Seals the addresses that an earlier version left in clear, those of removed endpoints included. */
export async function sealAddresses(
  tx: Transaction,
  keysOf: (tx: Transaction) => Promise<TenantKeys>,
): Promise<number> {
  const inClear = { url: { $ne: null } };
  if ((await tx.entities().count(WebhookEndpointSchema, inClear)) === 0) return 0;
  const em = tx.entities(await keysOf(tx));
  const found = await em.find(WebhookEndpointSchema, inClear, { limit: 500, locked: true });
  for (const endpoint of found) Object.assign(endpoint, { address: endpoint.url, url: null });
  await em.flush();
  return found.length;
}

/** Removes an endpoint and its owed deliveries. */
export async function removeEndpoint(tx: Transaction, id: string, at: string): Promise<number> {
  const removed = await tx.run(changed(tx, id).set({ removedAt: at }));
  if (removed > 0)
    await tx.run(sql`
      UPDATE webhook_delivery SET state = 'failed', because = 'ENDPOINT_REMOVED', next_attempt_at = NULL, finished_at = ${at}::timestamptz
       WHERE endpoint_id = ${id}::uuid AND state = 'pending'`);
  return removed;
}
