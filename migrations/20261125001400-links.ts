import { Migration } from '@mikro-orm/migrations';

/** Whose person a way-out link names, and which number of theirs a message was made for. */
export class Links extends Migration {
  override up(): void {
    this.addSql(`GRANT SELECT (id, tenant_id) ON contact TO bonheure_lookup`);
    this.addSql(`CREATE POLICY lookup ON contact FOR SELECT TO bonheure_lookup USING (true)`);
    this.addSql(`
      CREATE FUNCTION tenant_of_token(contact uuid) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT c.tenant_id FROM contact c WHERE c.id = contact
      $$`);
    this.addSql(`REVOKE ALL ON FUNCTION tenant_of_token(uuid) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION tenant_of_token(uuid) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION tenant_of_token(uuid) OWNER TO bonheure_lookup`);
    // Raised with each change of number: a text made for the one before is not marked.
    this.addSql(
      `ALTER TABLE contact ADD COLUMN number_version int NOT NULL DEFAULT 1 CHECK (number_version > 0)`,
    );
    this.addSql(`
      CREATE INDEX contact_stale ON contact (tenant_id, last_interaction_at, id) WHERE retired_at IS NULL`);
  }
}
