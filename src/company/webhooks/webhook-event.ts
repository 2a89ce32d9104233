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

/** One type of event. */
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
