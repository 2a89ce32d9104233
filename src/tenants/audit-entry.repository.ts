import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import { uuidV7 } from '../database/uuid-v7.ts';

/** Who did what to what; ids and codes only. */
export interface AuditEntry {
  /** `key:<id>`, `temporal`, `system`, `person`. */
  readonly actor: string;
  /** A verb and its object, as `campaign.launched`. */
  readonly action: string;
  readonly subject?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends one entry in the caller's transaction; `machineMs` orders, `at` is the law clock's ISO instant. */
export async function recordAudit(
  tx: Transaction,
  entry: AuditEntry,
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    VALUES (${uuidV7(when.machineMs)}, ${tx.tenantId}, ${when.at}, ${entry.actor}, ${entry.action}, ${entry.subject ?? null},
      ${JSON.stringify(entry.details ?? {})}::jsonb)`);
}
