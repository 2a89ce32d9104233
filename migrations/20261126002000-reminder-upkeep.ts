import { Migration } from '@mikro-orm/migrations';

/** Since when a person has their number, and whose payment plan a page shows. */
export class ReminderUpkeep extends Migration {
  override up(): void {
    // What did not reach the number before is not held against this one.
    this.addSql(`ALTER TABLE contact ADD COLUMN number_since timestamptz`);
    this.addSql(`
      CREATE FUNCTION tenant_of_series(series uuid) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT s.tenant_id FROM reminder_series s WHERE s.id = series
      $$`);
    this.addSql(`REVOKE ALL ON FUNCTION tenant_of_series(uuid) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION tenant_of_series(uuid) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION tenant_of_series(uuid) OWNER TO bonheure_lookup`);
  }
}
