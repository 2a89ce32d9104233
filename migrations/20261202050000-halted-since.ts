import { Migration } from '@mikro-orm/migrations';

const FORCED = ['tenant', 'gateway_halt', 'audit_entry'] as const;

/** A halt says since when it holds and who ordered it; what already holds takes both from the audit. */
export class HaltedSince extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE tenant ADD COLUMN halted_at timestamptz, ADD COLUMN halted_by text`);
    this.addSql(`ALTER TABLE gateway_halt ADD COLUMN halted_by text`);
    this.addSql(`ALTER TABLE gateway_account ADD COLUMN halted_at timestamptz`);
    this.addSql(`
      CREATE INDEX audit_entry_halt ON audit_entry (tenant_id, id)
       WHERE action IN ('tenant.halted', 'tenant.released', 'gateway.halted', 'gateway.released')`);
    this.force('NO FORCE');
    this.addSql(`
      UPDATE tenant t SET halted_at = coalesce(a.at, t.updated_at), halted_by = a.actor
        FROM tenant h LEFT JOIN LATERAL (
          SELECT e.at, e.actor FROM audit_entry e
           WHERE e.tenant_id = h.id AND e.action = 'tenant.halted' ORDER BY e.id DESC LIMIT 1) a ON true
       WHERE h.id = t.id AND t.halted`);
    this.addSql(`
      UPDATE gateway_halt h SET halted_by = (
        SELECT e.actor FROM audit_entry e
         WHERE e.tenant_id = h.tenant_id AND e.action = 'gateway.halted' AND e.subject = h.account_id::text
         ORDER BY e.id DESC LIMIT 1)`);
    this.addSql(`UPDATE gateway_account SET halted_at = updated_at WHERE halted`);
    this.force('FORCE');
  }

  private force(forced: 'FORCE' | 'NO FORCE'): void {
    for (const table of FORCED) this.addSql(`ALTER TABLE ${table} ${forced} ROW LEVEL SECURITY`);
  }
}
