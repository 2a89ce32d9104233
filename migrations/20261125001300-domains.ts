import { Migration } from '@mikro-orm/migrations';

/** The sites of a tenant, known with its key so that links are judged without another question. */
export class Domains extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE tenant ADD COLUMN domains text[] NOT NULL DEFAULT '{}'`);
    this.addSql(`GRANT SELECT (domains) ON tenant TO bonheure_lookup`);
    // What a function answers cannot be replaced, only made anew.
    this.addSql(`DROP FUNCTION tenant_of_key(bytea)`);
    this.addSql(`
      CREATE FUNCTION tenant_of_key(key_hash bytea)
        RETURNS TABLE (key_id uuid, tenant_id uuid, role text, source text, name text, sector text, domains text[])
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
          SELECT k.id, k.tenant_id, k.role, k.source, k.name, t.sector, t.domains
            FROM api_key k LEFT JOIN tenant t ON t.id = k.tenant_id
           WHERE k.hash = key_hash AND k.revoked_at IS NULL
        $$`);
    this.addSql(`REVOKE ALL ON FUNCTION tenant_of_key(bytea) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION tenant_of_key(bytea) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION tenant_of_key(bytea) OWNER TO bonheure_lookup`);
  }
}
