import { createHmac, randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { InferEntity } from '@mikro-orm/core';
import { sql, type RawBuilder } from 'kysely';
import {
  BEFORE_ALL,
  type Page,
  query,
  type Transaction,
  WebhookEndpointSchema,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import type { BareFault } from '../../words/index.ts';

type StoredEndpoint = InferEntity<typeof WebhookEndpointSchema>;

/** An endpoint as its tenant sees it. */
export interface WebhookEndpoint extends Readonly<
  Pick<
    StoredEndpoint,
    'id' | 'events' | 'description' | 'createdAt' | 'delivered' | 'failed' | 'failingSince' | 'failingBecause'
  >
> {
  /** Null when it cannot be decrypted, until a new one replaces it. */
  readonly url: string | null;
}

/** Returns the address of an endpoint; that of an earlier version is in clear until it is sealed. */
const urlOf = ({ url, address }: StoredEndpoint): string | null => url ?? address;

function endpointView(stored: StoredEndpoint): WebhookEndpoint {
  const { id, events, description, createdAt, delivered, failed, failingSince, failingBecause } = stored;
  const url = urlOf(stored);
  return { id, url, events, description, createdAt, delivered, failed, failingSince, failingBecause };
}

/** Reads a page of endpoints in order of creation. */
export async function endpointsOf(
  tx: Transaction,
  keys: TenantKeys,
  { limit, after = BEFORE_ALL }: Page,
): Promise<WebhookEndpoint[]> {
  const own = { id: { $gt: after }, removedAt: null };
  const found = await tx.entities(keys).find(WebhookEndpointSchema, own, { orderBy: { id: 'asc' }, limit });
  return found.map(endpointView);
}

/** Reads one endpoint, unless it was removed. */
export async function endpointOf(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  const found = await tx.entities(keys).findOne(WebhookEndpointSchema, { id, removedAt: null });
  return found && endpointView(found);
}

/** Reads the address and the secret of an endpoint, unless it was removed. */
export async function endpointAccess(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<(Pick<WebhookEndpoint, 'url'> & { readonly secret: string | null }) | undefined> {
  const found = await tx.entities(keys).findOne(WebhookEndpointSchema, { id, removedAt: null });
  return found && { url: urlOf(found), secret: found.secret };
}

/** Counts the endpoints of a tenant under a lock, which makes concurrent additions wait for each other. */
export async function countEndpoints(tx: Transaction): Promise<number> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks|${tx.tenantId}`}, 0))`);
  return tx.entities().count(WebhookEndpointSchema, { removedAt: null });
}

/** Adds an endpoint. */
export async function addEndpoint(
  tx: Transaction,
  keys: TenantKeys,
  about: Pick<WebhookEndpoint, 'id' | 'events' | 'description'> & {
    readonly url: string;
    readonly secret: string;
    readonly at: string;
  },
): Promise<void> {
  const { url: address, at: createdAt, ...added } = about;
  const em = tx.entities(keys);
  em.create(WebhookEndpointSchema, { ...added, tenantId: tx.tenantId, address, createdAt });
  await em.flush();
}

/** Changes an endpoint; absent fields stay. It is tried at once, even while it rests after a failure. */
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
  return tx.run(updating(tx, id).set({ ...address, events, description, restingUntil: null }));
}

const updating = (tx: Transaction, id: string) =>
  query
    .updateTable('webhook_endpoint')
    .where('tenantId', '=', tx.tenantId)
    .where('id', '=', id)
    .where('removedAt', 'is', null);

/** Seals addresses that an earlier version left in clear, at most 500, also of removed endpoints; returns their number. */
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

/** Removes an endpoint, whose pending deliveries then fail. */
export async function removeEndpoint(tx: Transaction, id: string, at: string): Promise<number> {
  const removed = await tx.run(updating(tx, id).set({ removedAt: at }));
  if (removed > 0)
    await tx.run(sql`
      UPDATE webhook_delivery SET state = 'failed', because = 'ENDPOINT_REMOVED', next_attempt_at = NULL, finished_at = ${at}::timestamptz
       WHERE endpoint_id = ${id}::uuid AND state = 'pending'`);
  return removed;
}

/** IPv4 networks that are not public (IANA special-purpose registry). */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Parts of the global IPv6 range that are not public: Teredo, ORCHID, documentation, 6to4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', prefix] = network.split('/');
    list.addSubnet(base, Number(prefix), family);
  }
  return list;
};

const notPublic4 = listOf(NOT_PUBLIC_4, 'ipv4');
const notPublic6 = listOf(NOT_PUBLIC_6, 'ipv6');
const global6 = listOf(['2000::/3'], 'ipv6');

/** Says whether an IP address is one of the public internet; anything else is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic4.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}

/** Says whether a webhook may connect to an address: by https to the internet, and to the local network if allowed. */
export function mayReach(
  address: string,
  { secure, privately }: { readonly secure: boolean; readonly privately: boolean },
): boolean {
  return isPublicAddress(address) ? secure : privately;
}

/** Returns the host of a URL, without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Returns why the address of an endpoint is refused before any request; names are resolved and checked at each attempt. */
export function addressTrouble(
  text: string,
  { privately }: { readonly privately: boolean },
): BareFault | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return 'Give an address that begins with https://.';
  if (url.username !== '' || url.password !== '') return 'Leave user and password out of the address.';
  if (privately) return undefined;
  if (url.protocol !== 'https:') return 'Give an address that begins with https://.';
  const host = hostOf(url);
  const inside =
    isIP(host) === 0 ? /(?:^|\.)(?:localhost|local|internal)\.?$/i.test(host) : !isPublicAddress(host);
  return inside ? 'This address is not one of the internet.' : undefined;
}

const PREFIX = 'whsec_';
const BYTES = 32;

/** Makes a new secret in the format of Standard Webhooks. */
export const newWebhookSecret = (): string => `${PREFIX}${randomBytes(BYTES).toString('base64')}`;

/** Returns the three headers that authenticate a delivery; `seconds` are epoch seconds of the machine clock. */
export function signatureHeaders(
  secret: string,
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
}

/**
 * Adds one delivery of each event for every subscribed endpoint, in the transaction of its cause. The event has the
 * present revision of its series, campaign or person. `at` is an ISO instant of the law clock; deliveries are due at
 * once by the machine clock, and attempted for three days.
 */
export const raise = (tx: Transaction, events: readonly WebhookEvent[], at: string): Promise<void> =>
  addDeliveries(tx, events, { at, where: sql`true` });

/**
 * Raises events of accounts, but the same one only once for an endpoint within `quietHours` of machine time: an account
 * that fails again and again is reported once.
 */
export const raiseOfAccounts = (
  tx: Transaction,
  events: readonly WebhookEvent[],
  { at, quietHours }: { readonly at: string; readonly quietHours: number },
): Promise<void> =>
  addDeliveries(tx, events, {
    at,
    where: sql`NOT EXISTS (
      SELECT FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.id > uuidv7(make_interval(hours => ${-quietHours}))
         AND d.type = r.type AND d.about ->> 'gateway' = r.about ->> 'gateway'
         AND d.about ->> 'code' IS NOT DISTINCT FROM r.about ->> 'code')`,
  });

async function addDeliveries(
  tx: Transaction,
  events: readonly WebhookEvent[],
  { at, where }: { readonly at: string; readonly where: RawBuilder<unknown> },
): Promise<void> {
  if (events.length === 0) return;
  await tx.run(sql`
    INSERT INTO webhook_delivery (id, tenant_id, endpoint_id, type, subject, about, state, at, next_attempt_at, expires_at)
    SELECT uuidv7(), ${tx.tenantId}::uuid, e.id, r.type, r.subject,
           jsonb_strip_nulls(jsonb_build_object('revision', coalesce(s.revision, c.revision, k.revision), 'eventAt', iso(s.event_at))) || r.about,
           'pending', ${at}::timestamptz, clock_timestamp(), clock_timestamp() + interval '3 days'
      FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS r(type text, subject uuid, about jsonb)
      JOIN webhook_endpoint e ON e.tenant_id = ${tx.tenantId}::uuid AND e.removed_at IS NULL
       AND (e.events = '{}' OR r.type = ANY (e.events))
      LEFT JOIN reminder_series s ON s.id = r.subject
      LEFT JOIN campaign c ON c.id = r.subject
      LEFT JOIN LATERAL (SELECT sum(generation)::int AS revision FROM consent WHERE contact_id = r.subject) k ON true
     WHERE ${where}`);
}

/** The events that a tenant's own systems can subscribe to. */
export const WEBHOOK_EVENTS = [
  'reminder.sent',
  'reminder.skipped',
  'reminder.undelivered',
  'reminder.correction-impossible',
  'appointment.confirmed',
  'appointment.declined',
  'appointment.cancellation-requested',
  'appointment.reply-unclear',
  'series.ended',
  'campaign.finished',
  'campaign.parked',
  'campaign.forecast-late',
  'import.finished',
  'import.parked',
  'consent.withdrawn',
  'consent.reinstated',
  'contact.number-retired',
  'rights.requested',
  'reply.received',
  'renewal.notice-missing',
  'gateway.down',
  'gateway.credit-low',
  'gateway.cost-drift',
  'gateway.stop-unproven',
  'message.uncertain',
] as const;

/** A member of `WEBHOOK_EVENTS`, such as `reminder.sent`. */
export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

/** One event, in ids, codes and counts only. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  /** The id of a series, a contact, a campaign, an import or a reply. */
  readonly subject: string | null;
  readonly about: Readonly<Record<string, unknown>>;
}

const KNOWN: ReadonlySet<string> = new Set(WEBHOOK_EVENTS);

/** Says whether an audit action is also a webhook event. */
export const isWebhookEvent = (action: string): action is WebhookEventType => KNOWN.has(action);
