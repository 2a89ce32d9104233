import { Migration } from '@mikro-orm/migrations';

/** A tenant may carry the id that the software which made it knows it by, unique in the instance; the instance lists its tenants. */
export class TenantExternalId extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE tenant ADD COLUMN external_id text`);
    this.addSql(`CREATE UNIQUE INDEX tenant_external_id ON tenant (external_id)`);
    this.addSql(`GRANT SELECT (external_id, name, created_at) ON tenant TO bonheure_lookup`);
    this.question(
      `tenant_named(text)`,
      `tenant_named(named text) RETURNS TABLE (tenant_id uuid)`,
      `SELECT t.id FROM tenant t WHERE t.external_id = named`,
    );
    this.question(
      `listed_tenants(uuid, int)`,
      `listed_tenants(after_id uuid, most int) RETURNS TABLE (tenant_id uuid, external_id text, name text, created_at timestamptz)`,
      `SELECT t.id, t.external_id, t.name, t.created_at FROM tenant t WHERE t.id > after_id ORDER BY t.id LIMIT least(most, 1000)`,
    );
  }

  private question(called: string, signature: string, body: string): void {
    this.addSql(
      `CREATE FUNCTION ${signature} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ ${body} $$`,
    );
    this.addSql(`REVOKE ALL ON FUNCTION ${called} FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION ${called} TO bonheure_app`);
    this.addSql(`ALTER FUNCTION ${called} OWNER TO bonheure_lookup`);
  }
}
