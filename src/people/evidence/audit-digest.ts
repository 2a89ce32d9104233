import { createHash } from 'node:crypto';

/** The columns of an audit entry that its digest covers. */
export interface AuditColumns {
  readonly id: string;
  /** To the microsecond, as PostgreSQL keeps it. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  /** As jsonb writes itself. */
  readonly details: string;
}

/** SHA-256 over the tenant and the columns of an audit entry, in hexadecimal. */
export function auditDigest(tenantId: string, entry: AuditColumns): string {
  const columns = [tenantId, entry.id, entry.at, entry.actor, entry.action, entry.subject, entry.details];
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}
