import { Migration } from '@mikro-orm/migrations';

/** How long lists of people who left wait to be read, in the whole instance: nothing of their tenants is sent meanwhile. */
export class UnreadAge extends Migration {
  override up(): void {
    this.addSql(`GRANT SELECT (id, kind, state) ON import TO bonheure_lookup`);
    this.addSql(`
      CREATE FUNCTION unread_suppressions(machine timestamptz) RETURNS TABLE (count bigint, oldest_seconds double precision)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT count(*), extract(epoch FROM machine - min(uuid_extract_timestamp(m.id))) FROM import m
         WHERE m.kind = 'suppressions' AND m.state IN ('queued', 'reading') $$`);
    this.addSql(`REVOKE ALL ON FUNCTION unread_suppressions(timestamptz) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION unread_suppressions(timestamptz) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION unread_suppressions(timestamptz) OWNER TO bonheure_lookup`);
  }
}
