import { uuidV7 } from '../../base/index.ts';
import { sql } from 'kysely';
import { BEFORE_ALL, type Page, query, type ResultOf, type Transaction } from '../../platform/index.ts';
import { isWebhookEvent, raise } from '../webhooks/webhook-endpoint.repository.ts';

/** One entry of the audit: who did what to whom, in ids and codes only. */
export interface AuditEntry {
  /** `key:<id>`, `temporal`, `system`, `person`. */
  readonly actor: string;
  /** An object and what happened to it, such as `campaign.launched`. */
  readonly action: string;
  readonly subject?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Appends one entry in the caller's transaction; `at` is an ISO instant of the law clock, and entries are in order of
 * `machineMs`. When the action is a webhook event too, it is raised in the same transaction.
 */
export async function recordAudit(
  tx: Transaction,
  entry: AuditEntry,
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  await recordAudits(tx, [entry], when);
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
        AS entry (id uuid, actor text, action text, subject text, details jsonb)`);
}

const entries = query
  .selectFrom('audit_entry')
  .select(['id', 'at', 'actor', 'action', 'subject', 'details'])
  .$narrowType<{ details: Record<string, unknown> }>();

/** A stored entry of the audit; its `details` depend on the action. */
export type ListedAuditEntry = ResultOf<typeof entries>;

/** Reads a page of the audit in order of writing. */
export async function auditEntries(
  tx: Transaction,
  { limit, after = BEFORE_ALL }: Page,
): Promise<ListedAuditEntry[]> {
  return tx.rows(entries.where('id', '>', after).orderBy('id').limit(limit));
}

/** Reads the last entries about one subject, oldest first. */
export async function auditEntriesAbout(
  tx: Transaction,
  { subject, most }: { readonly subject: string; readonly most: number },
): Promise<ListedAuditEntry[]> {
  const about = entries.where('tenantId', '=', tx.tenantId).where('subject', '=', subject);
  return (await tx.rows(about.orderBy('id', 'desc').limit(most))).toReversed();
}

/** Reads the last halts and releases of the tenant, or of one account for it, between two instants; oldest first. */
export async function haltEntries(
  tx: Transaction,
  about: {
    readonly accountId: string;
    readonly from: string;
    readonly to: string | null;
    readonly most: number;
  },
): Promise<ListedAuditEntry[]> {
  const { accountId, from, to, most } = about;
  const halts = entries
    .where('tenantId', '=', tx.tenantId)
    .where('action', 'in', ['tenant.halted', 'tenant.released', 'gateway.halted', 'gateway.released'])
    .where((eb) => eb('subject', 'is', null).or('subject', '=', accountId))
    .where('at', '>=', from)
    .where('at', '<=', to ?? 'infinity');
  return (await tx.rows(halts.orderBy('id', 'desc').limit(most))).toReversed();
}
