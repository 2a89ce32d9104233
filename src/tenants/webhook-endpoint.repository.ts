import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** An endpoint as its tenant sees it. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** Empty: every event. */
  readonly events: readonly string[];
  readonly description: string | null;
  readonly createdAt: string;
  readonly delivered: number;
  readonly failed: number;
  readonly failingSince: string | null;
  readonly failingBecause: string | null;
}

const COLUMNS = sql`
  id, url, events, description, iso(created_at) AS "createdAt", delivered::float8 AS delivered, failed::float8 AS failed,
  iso(failing_since) AS "failingSince", failing_because AS "failingBecause"`;

/** Endpoints in order of creation. */
export const endpointsOf = (
  tx: Transaction,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<WebhookEndpoint[]> =>
  tx.rows(sql<WebhookEndpoint>`
    SELECT ${COLUMNS} FROM webhook_endpoint
     WHERE tenant_id = ${tx.tenantId}::uuid AND removed_at IS NULL
       AND (${page.after ?? null}::uuid IS NULL OR id > ${page.after ?? null}::uuid) ORDER BY id LIMIT ${page.limit}`);

/** One endpoint that was not removed. */
export const endpointOf = (tx: Transaction, id: string): Promise<WebhookEndpoint | undefined> =>
  tx.first(sql<WebhookEndpoint>`
    SELECT ${COLUMNS} FROM webhook_endpoint
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid AND removed_at IS NULL`);

/** How many a tenant has; two who add one at once come one after the other. */
export async function countEndpoints(tx: Transaction): Promise<number> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks|${tx.tenantId}`}, 0))`);
  const row = await tx.first(sql<{ count: number }>`
    SELECT count(*)::int AS count FROM webhook_endpoint WHERE tenant_id = ${tx.tenantId}::uuid AND removed_at IS NULL`);
  return row?.count ?? 0;
}

/** An endpoint about to be kept. */
export interface NewEndpoint extends Pick<WebhookEndpoint, 'id' | 'url' | 'events' | 'description'> {
  readonly sealedSecret: Buffer;
  readonly at: string;
}

/** Keeps an endpoint. */
export const addEndpoint = (tx: Transaction, added: NewEndpoint): Promise<number> =>
  tx.run(sql`
    INSERT INTO webhook_endpoint (id, tenant_id, url, events, description, sealed_secret, created_at)
    VALUES (${added.id}, ${tx.tenantId}, ${added.url}, ${added.events}, ${added.description}, ${added.sealedSecret}, ${added.at})`);

/** Changes an endpoint; what is left out stays. Another address is tried at once. */
export const changeEndpoint = (
  tx: Transaction,
  id: string,
  change: {
    readonly url?: string | undefined;
    readonly events?: readonly string[] | undefined;
    readonly description?: string | null | undefined;
  },
): Promise<number> =>
  tx.run(sql`
    UPDATE webhook_endpoint SET url = coalesce(${change.url ?? null}, url), events = coalesce(${change.events ?? null}::text[], events),
           description = CASE WHEN ${change.description === undefined} THEN description ELSE ${change.description ?? null}::text END,
           resting_until = NULL
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid AND removed_at IS NULL`);

/** Removes an endpoint; what was still owed to it ends. */
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
