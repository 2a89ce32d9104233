import { Migration } from '@mikro-orm/migrations';

/** Whoever asks without naming a language is answered in that of the tenant, known with the key. */
export class KeyLocale extends Migration {
  override up(): void {
    this.addSql(`GRANT SELECT (locale) ON tenant TO bonheure_lookup`);
    this.addSql(`DROP FUNCTION tenant_of_key(bytea)`);
    this.addSql(`
      CREATE FUNCTION tenant_of_key(key_hash bytea)
        RETURNS TABLE (key_id uuid, tenant_id uuid, role text, source text, name text, sector text, domains text[],
                       territory text, time_zone text, locale text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
          SELECT k.id, k.tenant_id, k.role, k.source, k.name, t.sector, t.domains, t.territory, t.time_zone, t.locale
            FROM api_key k LEFT JOIN tenant t ON t.id = k.tenant_id
           WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
        $$`);
    this.addSql(`REVOKE ALL ON FUNCTION tenant_of_key(bytea) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION tenant_of_key(bytea) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION tenant_of_key(bytea) OWNER TO bonheure_lookup`);
  }
}
