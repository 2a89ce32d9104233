import { sql } from 'kysely';
import { context, propagation } from '@opentelemetry/api';
import type { Transaction } from './connection.ts';
import { instant } from '../clock.ts';
import { uuidV7 } from '../../base/index.ts';

/** Priority of delivery: a STOP passes everything, starts of bulk work come last. */
const deliveryClass = { stop: 0, order: 1, change: 2, start: 3 } as const;

/** Workflows that an intent may start or signal. */
export type OutboxWorkflow =
  | 'campaign'
  | 'campaignShard'
  | 'reminderSeries'
  | 'acknowledgements'
  | 'importContacts'
  | 'erasure'
  | 'housekeeping';

/** A start or signal for Temporal, committed with its cause. */
export interface WorkflowIntent {
  readonly class: keyof typeof deliveryClass;
  readonly verb: 'start' | 'signal' | 'signal-with-start';
  readonly workflow: OutboxWorkflow;
  readonly workflowId: string;
  readonly signal?: string;
  /** The workflow's one argument: ids only. */
  readonly input: Readonly<Record<string, string>>;
}

/** Writes intents in the caller's transaction; a single one notifies the dispatcher at once. */
export async function addToWorkflowOutbox(
  tx: Transaction,
  intents: readonly WorkflowIntent[],
  machineMs: number,
): Promise<void> {
  if (intents.length === 0) return;
  const at = instant(machineMs).toISO();
  const rows = intents.map((intent) => ({
    id: uuidV7(machineMs),
    class: deliveryClass[intent.class],
    verb: intent.verb,
    workflow: intent.workflow,
    workflow_id: intent.workflowId,
    signal: intent.signal ?? null,
    input: intent.input,
  }));
  await tx.run(sql`
    INSERT INTO intent (id, tenant_id, class, verb, workflow, workflow_id, signal, input, created_at, not_before, trace)
    SELECT r.id, ${tx.tenantId}::uuid, r.class, r.verb, r.workflow, r.workflow_id, r.signal, r.input, ${at}::timestamptz, ${at}::timestamptz, ${currentTrace()}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(id uuid, class smallint, verb text, workflow text, workflow_id text, signal text, input jsonb)`);
  if (intents.length <= MOST_NOTIFIED) await tx.run(sql`SELECT pg_notify('intent', '')`);
}

/** NOTIFY halves commit rates when used in bulk; larger writes wait for the poll of 1 s. */
const MOST_NOTIFIED = 10;

/** Returns the current trace in the W3C format; null without tracing. */
function currentTrace(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}
