import { Migration } from '@mikro-orm/migrations';

/** Evidence of somebody who was advertised to as a customer shows the statement behind it. */
export class SaleStatement extends Migration {
  override up(): void {
    this.addSql(
      `CREATE INDEX audit_entry_sale_statement ON audit_entry (tenant_id, id) WHERE action IN ('customers.opened', 'customers.closed')`,
    );
  }
}
