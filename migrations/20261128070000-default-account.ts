import { Migration } from '@mikro-orm/migrations';

/** Whoever would send through an account is of it, before the first message. */
export class DefaultAccount extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE gateway_account ADD COLUMN is_default boolean NOT NULL DEFAULT false`);
    this.addSql(`GRANT SELECT (settings) ON tenant TO bonheure_lookup`);
    this.addSql(`GRANT SELECT (id, name, is_default) ON gateway_account TO bonheure_lookup`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION tenants_of_account(account uuid) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
      $$SELECT t.id FROM tenant t WHERE EXISTS (SELECT 1 FROM batch b WHERE b.account_id = account AND b.tenant_id = t.id)
           OR EXISTS (SELECT 1 FROM batch b WHERE b.former <> '{}' AND account = ANY (b.former) AND b.tenant_id = t.id)
           OR EXISTS (SELECT 1 FROM gateway_account g WHERE g.id = account
                AND (jsonb_path_exists(t.settings, '$.routes.** ? (@ == $name)', jsonb_build_object('name', g.name))
                     OR g.is_default AND t.settings #> '{routes,default}' IS NULL))$$`);
  }
}
