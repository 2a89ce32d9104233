import { sql, type NotNull } from 'kysely';
import {
  BEFORE_ALL,
  ifOpens,
  type Page,
  query,
  type ResultOf,
  type TenantKeys,
  type Transaction,
} from '../../platform/index.ts';

/** An endpoint for its tenant. */
export interface WebhookEndpoint {
  readonly id: string;
  /** Null when it cannot be opened: a new one replaces it. */
  readonly url: string | null;
  /** Empty: every event. */
  readonly events: readonly string[];
  readonly description: string | null;
  readonly createdAt: string;
  readonly delivered: number;
  readonly failed: number;
  readonly failingSince: string | null;
  readonly failingBecause: string | null;
}

const endpoints = query
  .selectFrom('webhook_endpoint')
  .select(['id', 'url', 'sealedUrl', 'events', 'description', 'createdAt', 'delivered', 'failed'])
  .select(['failingSince', 'failingBecause'])
  .where('removedAt', 'is', null);

/** A stored endpoint: its address may contain a token. */
type KeptEndpoint = ResultOf<typeof endpoints>;

/** A stored address: sealed, or in clear from an earlier version. */
interface KeptAddress {
  readonly id: string;
  readonly url: string | null;
  readonly sealedUrl: Buffer | null;
}

const placeOf = (id: string) => ({ table: 'webhook_endpoint', column: 'sealed_url', row: id });

/** Opens the address of an endpoint; null when it does not open. */
export const endpointAddressOf = (keys: TenantKeys, { id, url, sealedUrl }: KeptAddress): string | null =>
  sealedUrl === null ? url : (ifOpens(() => keys.open(placeOf(id), sealedUrl).toString('utf8')) ?? null);

function opened(keys: TenantKeys, { sealedUrl, ...endpoint }: KeptEndpoint): WebhookEndpoint {
  return { ...endpoint, url: endpointAddressOf(keys, { ...endpoint, sealedUrl }) };
}

/** Reads endpoints in order of creation. */
export async function endpointsOf(
  tx: Transaction,
  keys: TenantKeys,
  { limit, after = BEFORE_ALL }: Page,
): Promise<WebhookEndpoint[]> {
  const own = endpoints.where('tenantId', '=', tx.tenantId).where('id', '>', after);
  const found = await tx.rows(own.orderBy('id').limit(limit));
  return found.map((endpoint) => opened(keys, endpoint));
}

/** Reads one endpoint, unless it was removed. */
export async function endpointOf(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  const found = await tx.first(endpoints.where('tenantId', '=', tx.tenantId).where('id', '=', id));
  return found && opened(keys, found);
}

/** Counts the endpoints of a tenant under a lock, so that two concurrent additions are serialized. */
export async function countEndpoints(tx: Transaction): Promise<number> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks|${tx.tenantId}`}, 0))`);
  const own = endpoints.where('tenantId', '=', tx.tenantId).clearSelect();
  return (await tx.first(own.select(query.fn.countAll<number>().as('count'))))?.count ?? 0;
}

/** An endpoint to store. */
export interface NewEndpoint extends Pick<WebhookEndpoint, 'id' | 'events' | 'description'> {
  readonly url: string;
  readonly sealedSecret: Buffer;
  readonly at: string;
}

/** Keeps an endpoint. */
export const addEndpoint = (tx: Transaction, keys: TenantKeys, added: NewEndpoint): Promise<number> =>
  tx.run(sql`
    INSERT INTO webhook_endpoint (id, tenant_id, sealed_url, events, description, sealed_secret, created_at)
    VALUES (${added.id}, ${tx.tenantId}, ${keys.seal(placeOf(added.id), added.url)}, ${added.events}, ${added.description}, ${added.sealedSecret}, ${added.at})`);

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
  const address = url === undefined ? {} : { url: null, sealedUrl: keys.seal(placeOf(id), url) };
  return tx.run(changed(tx, id).set({ ...address, events, description, restingUntil: null }));
}

const changed = (tx: Transaction, id: string) =>
  query
    .updateTable('webhook_endpoint')
    .where('tenantId', '=', tx.tenantId)
    .where('id', '=', id)
    .where('removedAt', 'is', null);

const inClear = query
  .selectFrom('webhook_endpoint')
  .select(['id', 'url'])
  .where('url', 'is not', null)
  .$narrowType<{ url: NotNull }>();

/** Seals the addresses that an earlier version left in clear, those of removed endpoints included. */
export async function sealAddresses(
  tx: Transaction,
  keysOf: (tx: Transaction) => Promise<TenantKeys>,
): Promise<number> {
  const found = await tx.rows(inClear.where('tenantId', '=', tx.tenantId).limit(500).forUpdate());
  if (found.length === 0) return 0;
  const keys = await keysOf(tx);
  const sealed = found.map(({ id, url }) => keys.seal(placeOf(id), url));
  return tx.run(sql`
    UPDATE webhook_endpoint e SET url = NULL, sealed_url = r.sealed
      FROM unnest(${found.map(({ id }) => id)}::uuid[], ${sealed}::bytea[]) AS r(id, sealed)
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.id = r.id`);
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
