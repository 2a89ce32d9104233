import { sql } from 'kysely';
import {
  col,
  countRows,
  ifOpens,
  type RowOf,
  rowsOf,
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

const keptEndpointRows = rowsOf('webhook_endpoint', [
  'id',
  'events',
  'description',
  'createdAt',
  'delivered',
  'failed',
  'failingSince',
  'failingBecause',
  'url',
  'sealedUrl',
]);

/** A stored endpoint: its address may contain a token. */
type KeptEndpoint = RowOf<typeof keptEndpointRows>;

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

const COLUMNS = sql`
  id, url, sealed_url AS "sealedUrl", events, description, iso(created_at) AS "createdAt", delivered::float8 AS delivered, failed::float8 AS failed,
  iso(failing_since) AS "failingSince", failing_because AS "failingBecause"`;

/** Reads endpoints in order of creation. */
export async function endpointsOf(
  tx: Transaction,
  keys: TenantKeys,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<WebhookEndpoint[]> {
  const found = await tx.rows(keptEndpointRows.sql`
    SELECT ${COLUMNS} FROM webhook_endpoint
     WHERE tenant_id = ${tx.tenantId}::uuid AND removed_at IS NULL
       AND (${page.after ?? null}::uuid IS NULL OR id > ${page.after ?? null}::uuid) ORDER BY id LIMIT ${page.limit}`);
  return found.map((endpoint) => opened(keys, endpoint));
}

/** Reads one endpoint, unless it was removed. */
export async function endpointOf(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  const found = await tx.first(keptEndpointRows.sql`
    SELECT ${COLUMNS} FROM webhook_endpoint
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid AND removed_at IS NULL`);
  return found && opened(keys, found);
}

/** Counts the endpoints of a tenant under a lock, so that two concurrent additions are serialized. */
export async function countEndpoints(tx: Transaction): Promise<number> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks|${tx.tenantId}`}, 0))`);
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM webhook_endpoint WHERE tenant_id = ${tx.tenantId}::uuid AND removed_at IS NULL`);
  return row?.count ?? 0;
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
  const { id } = change;
  const sealed = change.url === undefined ? null : keys.seal(placeOf(id), change.url);
  return tx.run(sql`
    UPDATE webhook_endpoint SET url = CASE WHEN ${sealed}::bytea IS NULL THEN url END,
           sealed_url = coalesce(${sealed}::bytea, sealed_url), events = coalesce(${change.events ?? null}::text[], events),
           description = CASE WHEN ${change.description === undefined} THEN description ELSE ${change.description ?? null}::text END,
           resting_until = NULL
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid AND removed_at IS NULL`);
}

const idAndUrlRows = rowsOf('webhook_endpoint', ['id']).with({
  url: col.of('webhook_endpoint', 'url').known(),
});

/** Seals the addresses that an earlier version left in clear, those of removed endpoints included. */
export async function sealAddresses(
  tx: Transaction,
  keysOf: (tx: Transaction) => Promise<TenantKeys>,
): Promise<number> {
  const inClear = await tx.rows(idAndUrlRows.sql`
    SELECT id, url FROM webhook_endpoint WHERE tenant_id = ${tx.tenantId}::uuid AND url IS NOT NULL LIMIT 500 FOR UPDATE`);
  if (inClear.length === 0) return 0;
  const keys = await keysOf(tx);
  const sealed = inClear.map(({ id, url }) => keys.seal(placeOf(id), url));
  return tx.run(sql`
    UPDATE webhook_endpoint e SET url = NULL, sealed_url = r.sealed
      FROM unnest(${inClear.map(({ id }) => id)}::uuid[], ${sealed}::bytea[]) AS r(id, sealed)
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.id = r.id`);
}

/** Removes an endpoint and its owed deliveries. */
export async function removeEndpoint(tx: Transaction, id: string, at: string): Promise<number> {
  const removed = await tx.run(sql`
    UPDATE webhook_endpoint SET removed_at = ${at}::timestamptz
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid AND removed_at IS NULL`);
  if (removed > 0)
    await tx.run(sql`
      UPDATE webhook_delivery SET state = 'failed', because = 'ENDPOINT_REMOVED', next_attempt_at = NULL, finished_at = ${at}::timestamptz
       WHERE endpoint_id = ${id}::uuid AND state = 'pending'`);
  return removed;
}
