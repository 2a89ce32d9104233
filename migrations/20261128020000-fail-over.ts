import { Migration } from '@mikro-orm/migrations';

/** A batch may take another account of its route: what it sent before stays with the account that has it. */
export class FailOver extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE batch
        ADD COLUMN routed boolean NOT NULL DEFAULT false,
        ADD COLUMN former uuid[] NOT NULL DEFAULT '{}',
        ADD COLUMN price numeric`);
    this.addSql(`CREATE INDEX batch_former ON batch (tenant_id) WHERE former <> '{}'`);
    this.addSql(`ALTER TABLE campaign ADD COLUMN route jsonb`);
    this.addSql(`GRANT SELECT (former) ON batch TO bonheure_lookup`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION tenants_of_account(account uuid) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
      $$SELECT t.id FROM tenant t WHERE EXISTS (SELECT 1 FROM batch b WHERE b.account_id = account AND b.tenant_id = t.id)
           OR EXISTS (SELECT 1 FROM batch b WHERE b.former <> '{}' AND account = ANY (b.former) AND b.tenant_id = t.id)$$`);
  }
}
