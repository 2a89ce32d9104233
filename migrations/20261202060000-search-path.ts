import { Migration } from '@mikro-orm/migrations';

/**
 * Functions that run with their owner's rights look at temporary relations last.
 *
 * PostgreSQL searches a session's temporary schema first unless `pg_temp` stands in the path, and the application
 * may make temporary tables: a view of its own named like a table would run its code with the owner's rights.
 */
export class SearchPath extends Migration {
  override up(): void {
    this.addSql(`
      DO $$
        DECLARE f regprocedure;
        BEGIN
          FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f);
          END LOOP;
        END $$`);
  }
}
