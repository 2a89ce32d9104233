import { Migration } from '@mikro-orm/migrations';

/** What was done to one thing is found without reading what was done to the others. */
export class AuditSubject extends Migration {
  override up(): void {
    this.addSql(
      `CREATE INDEX audit_entry_subject ON audit_entry (tenant_id, subject, id) WHERE subject IS NOT NULL`,
    );
  }
}
