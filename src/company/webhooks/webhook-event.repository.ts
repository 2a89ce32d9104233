import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/**
 * Owes every subscribed endpoint one delivery of each event, in the transaction of its cause. The revision of a
 * series or a campaign is that of this moment; that of a person grows with all their acts. `at` is the law clock's;
 * deliveries are due by the machine's, for three days.
 */
export const raise = (tx: Transaction, events: readonly WebhookEvent[], at: string): Promise<void> =>
  owed(tx, events, { at, where: sql`true` });

/**
 * Raises an event of accounts once per endpoint within those hours of machine time, so that an outage that flaps is
 * reported once.
 */
export const raiseOfAccounts = (
  tx: Transaction,
  events: readonly WebhookEvent[],
  { at, quietHours }: { readonly at: string; readonly quietHours: number },
): Promise<void> =>
  owed(tx, events, {
    at,
    where: sql`NOT EXISTS (
      SELECT FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.id > uuidv7(make_interval(hours => ${-quietHours}))
         AND d.type = r.type AND d.about ->> 'gateway' = r.about ->> 'gateway'
         AND d.about ->> 'code' IS NOT DISTINCT FROM r.about ->> 'code')`,
  });

async function owed(
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

/** One event, as ids, codes and counts only. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  /** A series, a contact, a campaign, an import or a reply. */
  readonly subject: string | null;
  readonly about: Readonly<Record<string, unknown>>;
}

const KNOWN: ReadonlySet<string> = new Set(WEBHOOK_EVENTS);

/** Says whether an audit action is also a webhook event. */
export const isWebhookEvent = (action: string): action is WebhookEventType => KNOWN.has(action);
