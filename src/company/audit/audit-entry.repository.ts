import { sql } from 'kysely';
import { type Transaction, uuidV7 } from '../../platform/index.ts';
import { isWebhookEvent } from '../webhooks/webhook-event.ts';
import { raise } from '../webhooks/webhook-event.repository.ts';

/** One entry of the audit: actor, action and subject, as ids and codes only. */
export interface AuditEntry {
  /** `key:<id>`, `temporal`, `system`, `person`. */
  readonly actor: string;
  /** A verb and its object, as `campaign.launched`. */
  readonly action: string;
  readonly subject?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Appends one entry in the caller's transaction; `machineMs` orders, `at` is the law clock's ISO instant. Its
 * webhook events are owed by the same commit.
 */
export async function recordAudit(
  tx: Transaction,
  entry: AuditEntry,
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    VALUES (${uuidV7(when.machineMs)}, ${tx.tenantId}, ${when.at}, ${entry.actor}, ${entry.action}, ${entry.subject ?? null},
      ${JSON.stringify(entry.details ?? {})}::jsonb)`);
  const { action: type, actor, subject = null, details = {} } = entry;
  if (isWebhookEvent(type)) await raise(tx, [{ type, subject, about: { ...details, by: actor } }], when.at);
}

/** Appends entries without webhook events, in the caller's transaction and in order. */
export async function recordAudits(
  tx: Transaction,
  entries: readonly AuditEntry[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  const rows = entries.map(({ actor, action, subject, details }) => ({
    id: uuidV7(when.machineMs),
    actor,
    action,
    subject: subject ?? null,
    details: details ?? {},
  }));
  await tx.run(sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    SELECT id, ${tx.tenantId}::uuid, ${when.at}::timestamptz, actor, action, subject, details
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS said (id uuid, actor text, action text, subject text, details jsonb)`);
}
