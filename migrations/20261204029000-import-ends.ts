import { Migration } from '@mikro-orm/migrations';

/**
 * An import is cancelled by a person, or parked when one of its rows stops whoever reads it.
 *
 * A parked list of people who left is not read to its end: nothing of its tenant is sent until somebody decides.
 */
export class ImportEnds extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE import DROP CONSTRAINT import_state_check`);
    this.addSql(`
      ALTER TABLE import ADD CONSTRAINT import_state_check
        CHECK (state IN ('receiving', 'queued', 'reading', 'parked', 'finished', 'failed', 'cancelled'))`);
    this.addSql(`ALTER TABLE import DROP CONSTRAINT import_check1`);
    this.addSql(`
      ALTER TABLE import ADD CONSTRAINT import_ended_check
        CHECK ((state IN ('finished', 'failed', 'cancelled')) = (finished_at IS NOT NULL))`);
    this.addSql(`DROP INDEX import_suppressions_unread`);
    this.addSql(
      `CREATE INDEX import_suppressions_unread ON import (tenant_id) WHERE kind = 'suppressions' AND state IN ('queued', 'reading', 'parked')`,
    );
    this.addSql(`
      CREATE OR REPLACE FUNCTION unread_suppressions(machine timestamptz)
        RETURNS TABLE (count bigint, oldest_seconds double precision)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT count(*), extract(epoch FROM machine - min(uuid_extract_timestamp(m.id))) FROM import m
         WHERE m.kind = 'suppressions' AND m.state IN ('queued', 'reading', 'parked') $$`);
  }
}
