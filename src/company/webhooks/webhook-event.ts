/** What a tenant's own systems may be told of. */
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

/** One of them. */
export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

/** Something that happened, told by ids, codes and counts only. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  /** A series, a contact, a campaign, an import or a reply. */
  readonly subject: string | null;
  readonly about: Readonly<Record<string, unknown>>;
}

const KNOWN: ReadonlySet<string> = new Set(WEBHOOK_EVENTS);

/** Whether an entry of the audit is news for a tenant's own systems. */
export const isWebhookEvent = (action: string): action is WebhookEventType => KNOWN.has(action);
