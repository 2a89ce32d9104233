import { sql } from 'kysely';
import { z } from 'zod';
import type { WebhookEventType } from '../../company/index.ts';
import {
  col,
  computedRows,
  type Database,
  query,
  type ResultOf,
  type RowOf,
  rowsOf,
  tenantIdRows,
  type Transaction,
  type Page,
  anyOf,
} from '../../platform/index.ts';
import { personKey, type TenantKeys } from '../../crypto/index.ts';
import { seriesDetailsOf } from '../../reminders/index.ts';
import { maskPhone } from '../../sms/index.ts';

/** The states of a delivery; one that is `failed` is not attempted any more. */
export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;

const webhookDeliveryRows = rowsOf('webhook_delivery', [
  'attempts',
  'because',
  'nextAttemptAt',
  'id',
  'subject',
  'at',
]).with({
  state: col.of('webhook_delivery', 'state').as<(typeof DELIVERY_STATES)[number]>(),
  type: col.of('webhook_delivery', 'type').as<WebhookEventType | 'webhook.test'>(),
  about: col.of('webhook_delivery', 'about').as<Readonly<Record<string, unknown>>>(),
});

/** A delivery of an event to an endpoint, as its tenant sees it. */
export type WebhookDelivery = RowOf<typeof webhookDeliveryRows>;

/** The event of a delivery, in ids and codes; `at` is an ISO instant of the law clock. */
export type StoredEvent = Pick<WebhookDelivery, 'id' | 'type' | 'subject' | 'about' | 'at'>;

const COLUMNS = sql`
  id, type, subject, about, state, attempts, because, iso(at) AS at, iso(next_attempt_at) AS "nextAttemptAt"`;

/** Reads a page of the deliveries of an endpoint in order of their events, all or those of one state. */
export const deliveriesOf = (
  tx: Transaction,
  endpointId: string,
  page: Page & { readonly state?: string | undefined },
): Promise<WebhookDelivery[]> =>
  tx.rows(webhookDeliveryRows.sql`
    SELECT ${COLUMNS} FROM webhook_delivery
     WHERE tenant_id = ${tx.tenantId}::uuid AND endpoint_id = ${endpointId}::uuid
       AND (${page.state ?? null}::text IS NULL OR state = ${page.state ?? null})
       AND (${page.after ?? null}::uuid IS NULL OR id > ${page.after ?? null}::uuid) ORDER BY id LIMIT ${page.limit}`);

/** Makes a delivery pending once more, at once and for three days; undefined when there is no such one. */
export async function replayDelivery(
  tx: Transaction,
  { endpointId, id }: { readonly endpointId: string; readonly id: string },
): Promise<WebhookDelivery | undefined> {
  await wakeEndpoint(tx, endpointId);
  return tx.first(webhookDeliveryRows.sql`
    UPDATE webhook_delivery SET state = 'pending', finished_at = NULL, next_attempt_at = clock_timestamp(),
           expires_at = clock_timestamp() + interval '3 days'
     WHERE tenant_id = ${tx.tenantId}::uuid AND endpoint_id = ${endpointId}::uuid AND id = ${id}::uuid
    RETURNING ${COLUMNS}`);
}

/** Adds an empty test delivery for an endpoint. */
export async function addTest(
  tx: Transaction,
  { endpointId, id, at }: { readonly endpointId: string; readonly id: string; readonly at: string },
): Promise<WebhookDelivery | undefined> {
  await wakeEndpoint(tx, endpointId);
  return tx.first(webhookDeliveryRows.sql`
    INSERT INTO webhook_delivery (id, tenant_id, endpoint_id, type, about, state, at, next_attempt_at, expires_at)
    VALUES (${id}, ${tx.tenantId}, ${endpointId}, 'webhook.test', '{}', 'pending', ${at}::timestamptz, clock_timestamp(), clock_timestamp() + interval '3 days')
    RETURNING ${COLUMNS}`);
}

const wakeEndpoint = (tx: Transaction, id: string): Promise<number> =>
  tx.run(
    query
      .updateTable('webhook_endpoint')
      .set({ restingUntil: null })
      .where('tenantId', '=', tx.tenantId)
      .where('id', '=', id),
  );

const dueEndpointRows = computedRows({
  endpointId: col.text(),
  tenantId: col.text(),
  /** True when the last attempt at the endpoint failed. */
  failing: col.flag(),
});

export type DueEndpoint = RowOf<typeof dueEndpointRows>;

/**
 * Reads endpoints with something due at an ISO instant of the machine clock: at most so many that work, then so many
 * that fail; of each tenant one in rotation, the one that waits longest first.
 */
export const dueEndpoints = (database: Database, now: string, most: number): Promise<DueEndpoint[]> =>
  database.outside((tx) =>
    tx.rows(dueEndpointRows.sql`
      SELECT endpoint_id AS "endpointId", tenant_id AS "tenantId", failing FROM due_webhooks(${now}, ${most})`),
  );

/** Reads the due deliveries of one endpoint, the one that waits longest first. */
export const dueDeliveries = (
  tx: Transaction,
  { endpointId, now, most }: { readonly endpointId: string; readonly now: string; readonly most: number },
): Promise<WebhookDelivery[]> =>
  tx.rows(webhookDeliveryRows.sql`
    SELECT ${COLUMNS} FROM webhook_delivery
     WHERE tenant_id = ${tx.tenantId}::uuid AND endpoint_id = ${endpointId}::uuid AND state = 'pending' AND next_attempt_at <= ${now}::timestamptz
     ORDER BY next_attempt_at, id LIMIT ${most}`);

interface AttemptedDelivery {
  readonly endpointId: string;
  readonly id: string;
  /** ISO instant of the machine clock. */
  readonly now: string;
}

/** Locks an endpoint before its deliveries, in the order in which its removal locks them: else they could deadlock. */
const lockEndpoint = (tx: Transaction, id: string): Promise<number> =>
  tx.run(sql`SELECT FROM webhook_endpoint WHERE id = ${id}::uuid FOR NO KEY UPDATE`);

/** Marks a delivery as delivered, and its endpoint as working. */
export async function markDelivered(
  tx: Transaction,
  { endpointId, id, now }: AttemptedDelivery,
): Promise<void> {
  await lockEndpoint(tx, endpointId);
  await tx.run(sql`
    WITH done AS (
      UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, because = NULL, next_attempt_at = NULL, finished_at = ${now}::timestamptz
       WHERE id = ${id}::uuid AND state = 'pending' RETURNING id)
    UPDATE webhook_endpoint SET delivered = delivered + (SELECT count(*) FROM done), failing_since = NULL, failing_because = NULL, resting_until = NULL
     WHERE id = ${endpointId}::uuid`);
}

/** Stores a failed attempt and when to try again; three days after its start a delivery has failed. */
export async function markRefused(
  tx: Transaction,
  refused: AttemptedDelivery & { readonly because: string; readonly waitMs: number; readonly restMs: number },
): Promise<void> {
  const { endpointId, id, now, because, waitMs, restMs } = refused;
  await lockEndpoint(tx, endpointId);
  await tx.run(sql`
    WITH tried AS (
      UPDATE webhook_delivery SET attempts = attempts + 1, because = ${because},
             state = CASE WHEN ${instantAfter(now, waitMs)} < expires_at THEN 'pending' ELSE 'failed' END,
             next_attempt_at = CASE WHEN ${instantAfter(now, waitMs)} < expires_at THEN ${instantAfter(now, waitMs)} END,
             finished_at = CASE WHEN ${instantAfter(now, waitMs)} < expires_at THEN NULL ELSE ${now}::timestamptz END
       WHERE id = ${id}::uuid AND state = 'pending' RETURNING state)
    UPDATE webhook_endpoint SET retried = retried + (SELECT count(*) FROM tried WHERE state = 'pending'),
           failed = failed + (SELECT count(*) FROM tried WHERE state = 'failed'),
           failing_since = coalesce(failing_since, ${now}::timestamptz), failing_because = ${because},
           resting_until = ${instantAfter(now, restMs)}
     WHERE id = ${endpointId}::uuid`);
}

const instantAfter = (now: string, ms: number): ReturnType<typeof sql> =>
  sql`(${now}::timestamptz + ${ms} * interval '1 millisecond')`;

/** Removes deliveries that finished before an ISO instant of the machine clock, so many of a tenant at most; returns their number. */
export async function forgetDeliveries(database: Database, before: string, most: number): Promise<number> {
  const tenants = await database.outside((tx) =>
    tx.rows(
      tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenants_of_old_webhooks(${before}, ${most})`,
    ),
  );
  let forgotten = 0;
  for (const { tenantId } of tenants)
    forgotten += await database.withTenant(tenantId, (tx) =>
      tx.run(sql`
        DELETE FROM webhook_delivery WHERE id IN (
          SELECT id FROM webhook_delivery WHERE tenant_id = ${tenantId}::uuid AND state <> 'pending' AND finished_at < ${before}::timestamptz LIMIT ${most})`),
    );
  return forgotten;
}

const MOST_SERIES = 50;

const Numbered = z.looseObject({ phone: z.string() });

const subjectContactsRows = rowsOf('contact', ['id', 'sealed'])
  .and('contact_key', ['wrapped'])
  .with({ open: col.list<string>() });

/** Reads people by id, without erased ones, each with a masked number and the ids of their open series. */
export async function subjectContacts(tx: Transaction, keys: TenantKeys, ids: readonly string[]) {
  const rows = await tx.rows(subjectContactsRows.sql`
    SELECT c.id, c.sealed, y.wrapped,
           ARRAY(SELECT s.id::text FROM reminder_series s WHERE s.contact_id = c.id AND s.state IN ('open', 'paused')
                  ORDER BY s.id LIMIT ${MOST_SERIES}) AS open
      FROM contact c JOIN contact_key y ON y.contact_id = c.id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.id = ANY (${ids}::uuid[])`);
  return rows.flatMap(({ id, sealed, wrapped, open }) => {
    const person = unlessUnreadable(() => Numbered.parse(keys.openPerson(id, { sealed, wrapped })));
    return person === undefined ? [] : [{ id, phone: maskPhone(person.phone), open }];
  });
}

/** Treats a value that was altered, or whose key is gone, as that of an erased person, so that other deliveries go on. */
function unlessUnreadable<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof Error && UNREADABLE.has(cause.name)) return undefined;
    throw cause;
  }
}

const UNREADABLE = new Set(['CiphertextRefused', 'ZodError', 'SyntaxError']);

const series = query
  .selectFrom('reminder_series as s')
  .leftJoin('contact_key as y', 'y.contactId', 's.contactId')
  .leftJoin('practice as p', 'p.id', 's.practiceId')
  .select(['s.id', 's.kind', 's.source', 's.contactId', 's.sealed', 's.eventAt', 's.eventZone', 'y.wrapped'])
  .select(['p.id as practiceId', 'p.sealed as practiceSealed']);

type SeriesRow = ResultOf<typeof series>;

/** Reads series as events describe them, with the tenant's own ids; `externalId` is null once the person is erased. */
export async function subjectSeries(tx: Transaction, keys: TenantKeys, ids: readonly string[]) {
  const own = series.where('s.tenantId', '=', tx.tenantId);
  const rows = await tx.rows(own.where('s.id', '=', anyOf(ids, 'uuid')));
  return rows.map((row) => {
    const { id, kind, source, contactId, eventAt, eventZone } = row;
    const externalId = externalIdOf(row, keys);
    return { id, kind, source, contactId, eventAt, eventZone, externalId, practice: practiceOf(row, keys) };
  });
}

function externalIdOf({ id, contactId, sealed, wrapped }: SeriesRow, keys: TenantKeys): string | null {
  if (wrapped === null) return null;
  return (
    unlessUnreadable(() => seriesDetailsOf(personKey(keys, contactId, wrapped), { id, sealed }).externalId) ??
    null
  );
}

const Named = z.looseObject({ externalId: z.string() });

function practiceOf({ practiceId, practiceSealed }: SeriesRow, keys: TenantKeys): string | null {
  if (practiceId === null || practiceSealed === null) return null;
  const at = { table: 'practice', column: 'sealed', row: practiceId };
  return (
    unlessUnreadable(
      () => Named.parse(JSON.parse(keys.open(at, practiceSealed).toString('utf8'))).externalId,
    ) ?? null
  );
}

const imports = query
  .selectFrom('import')
  .select(['id', 'kind', 'rows', 'accepted', 'rejected', 'duplicates']);

export const subjectImports = (tx: Transaction, ids: readonly string[]) =>
  tx.rows(imports.where('tenantId', '=', tx.tenantId).where('id', '=', anyOf(ids, 'uuid')));
