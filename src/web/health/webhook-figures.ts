import type { WebhookSum } from '../../operations/index.ts';
import type { InstanceGauges } from './instance-gauges.ts';

const OUTCOMES = ['delivered', 'retried', 'failed'] as const;

/** What the tenants' own systems were told, and what they are still owed. */
export function putWebhooks(gauges: InstanceGauges, webhooks: WebhookSum | undefined): void {
  if (webhooks === undefined) return;
  gauges.put(
    'bonheure_webhook_deliveries_total',
    OUTCOMES.map((outcome) => ({ labels: { outcome }, value: webhooks[outcome] })),
  );
  gauges.put('bonheure_webhook_deliveries_pending', [{ value: webhooks.pending }]);
  gauges.put('bonheure_webhook_endpoints_failing', [{ value: webhooks.failing }]);
}
