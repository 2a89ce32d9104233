import { Migration } from '@mikro-orm/migrations';

const CALLED = ['measure_grown(text[])', 'measure_messages(uuid)'];

/**
 * Tables are measured in the owner's name: the right to do it oneself is also the right to lock out everybody.
 *
 * What somebody else maintains at that moment is left out, since nobody's campaign waits for a measure.
 */
export class Measuring extends Migration {
  override up(): void {
    this.addSql(`
      CREATE FUNCTION measure_grown(names text[]) RETURNS SETOF text
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      DECLARE name text;
      BEGIN
        FOR name IN
          SELECT c.relname FROM pg_class c
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY(names)
             AND pg_relation_size(c.oid) / current_setting('block_size')::int > 1.5 * c.relpages
           ORDER BY 1
        LOOP
          EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', name);
          RETURN NEXT name;
        END LOOP;
      END $$`);
    this.addSql(`
      CREATE FUNCTION measure_messages(batch uuid) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      DECLARE month text := 'message_' || to_char(uuid_extract_timestamp(batch) AT TIME ZONE 'UTC', 'YYYYMM');
      BEGIN
        EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I',
          CASE WHEN to_regclass('public.' || month) IS NULL THEN 'message_default' ELSE month END);
        ANALYZE (SKIP_LOCKED) ONLY public.message;
      END $$`);
    for (const called of CALLED) {
      this.addSql(`REVOKE ALL ON FUNCTION ${called} FROM PUBLIC`);
      this.addSql(`GRANT EXECUTE ON FUNCTION ${called} TO bonheure_app`);
    }
    this.addSql(`REVOKE MAINTAIN ON message FROM bonheure_app`);
    // Folding looks for the latest few: rows of what is over stay for ever.
    this.addSql(
      `CREATE INDEX tally_noted ON tally USING brin (noted_at) WITH (pages_per_range = 16, autosummarize = on)`,
    );
  }
}
