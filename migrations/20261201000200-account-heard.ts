import { Migration } from '@mikro-orm/migrations';

/** When an account last told a tenant of its own messages: what it told others is no tenant's to see. */
export class AccountHeard extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE account_heard (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        last_receipt_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, account_id))`);
    this.addSql(`SELECT protect('account_heard', 'SELECT, INSERT, UPDATE')`);
  }
}
