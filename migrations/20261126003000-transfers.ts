import { Migration } from '@mikro-orm/migrations';

/** Where the processor behind an account is, and why a tenant may have people's data go there. */
export class Transfers extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE gateway_account ADD COLUMN processor_country text`);
    this.addSql(`
      CREATE TABLE transfer_basis (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL REFERENCES gateway_account,
        basis text NOT NULL CHECK (basis IN ('adequacy', 'standard-clauses', 'binding-rules', 'derogation')),
        document_ref text NOT NULL,
        country text NOT NULL,
        recorded_at timestamptz NOT NULL,
        recorded_by text NOT NULL,
        PRIMARY KEY (tenant_id, account_id))`);
    this.addSql(`SELECT protect('transfer_basis', 'SELECT, INSERT, UPDATE')`);
  }
}
