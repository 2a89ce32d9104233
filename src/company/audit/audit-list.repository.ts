import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const listedAuditEntryRows = rowsOf('audit_entry', ['id', 'at', 'actor', 'action', 'subject']).with({
  details: col.of('audit_entry', 'details').as<Record<string, unknown>>(),
});

/** One entry of the audit. */
export type ListedAuditEntry = RowOf<typeof listedAuditEntryRows>;

/** Reads entries in order of writing. */
export async function auditEntries(
  tx: Transaction,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<ListedAuditEntry[]> {
  return tx.rows(listedAuditEntryRows.sql`
    SELECT id, iso(at) AS at, actor, action, subject, details FROM audit_entry
     WHERE ${page.after ?? null}::uuid IS NULL OR id > ${page.after ?? null}::uuid ORDER BY id LIMIT ${page.limit}`);
}

/** Returns the last audit entries about one subject, oldest first. */
export async function auditEntriesAbout(
  tx: Transaction,
  { subject, most }: { readonly subject: string; readonly most: number },
): Promise<ListedAuditEntry[]> {
  return tx.rows(listedAuditEntryRows.sql`
    SELECT * FROM (
      SELECT id, iso(at) AS at, actor, action, subject, details FROM audit_entry
       WHERE tenant_id = ${tx.tenantId}::uuid AND subject = ${subject} ORDER BY id DESC LIMIT ${most}) last
     ORDER BY id`);
}

/** Reads the last halts and releases of the tenant, or of one account for it, between two instants; oldest first. */
export async function haltEntries(
  tx: Transaction,
  {
    accountId,
    from,
    to,
    most,
  }: {
    readonly accountId: string;
    readonly from: string;
    readonly to: string | null;
    readonly most: number;
  },
): Promise<ListedAuditEntry[]> {
  return tx.rows(listedAuditEntryRows.sql`
    SELECT * FROM (
      SELECT id, iso(at) AS at, actor, action, subject, details FROM audit_entry
       WHERE tenant_id = ${tx.tenantId}::uuid AND action IN ('tenant.halted', 'tenant.released', 'gateway.halted', 'gateway.released')
         AND (subject IS NULL OR subject = ${accountId}) AND at >= ${from}::timestamptz
         AND (${to}::timestamptz IS NULL OR at <= ${to}::timestamptz)
       ORDER BY id DESC LIMIT ${most}) last
     ORDER BY id`);
}
