import { Migration } from '@mikro-orm/migrations';

/**
 * A page of messages is left empty for what its rows become: a mark and an acceptance then move none off it.
 *
 * A marked row is half as long again as a ready one, and its last version stays beside the next until both are over.
 */
export class RoomOnThePage extends Migration {
  override up(): void {
    this.addSql(`
      DO $$
      DECLARE part regclass;
      BEGIN
        FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'public.message'::regclass LOOP
          EXECUTE format('ALTER TABLE %s SET (fillfactor = 30)', part);
        END LOOP;
      END $$`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION make_message_partitions(from_month date, months int) RETURNS int
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      DECLARE
        month date; made int := 0; name text;
        bound CONSTANT text := '%s-%s-7000-8000-000000000000';
        low text; high text;
      BEGIN
        FOR i IN 0 .. least(months, 24) - 1 LOOP
          month := (date_trunc('month', from_month) + make_interval(months => i))::date;
          name := 'message_' || to_char(month, 'YYYYMM');
          CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
          low := lpad(to_hex((extract(epoch FROM month::timestamp) * 1000)::bigint), 12, '0');
          high := lpad(to_hex((extract(epoch FROM (month + interval '1 month')::timestamp) * 1000)::bigint), 12, '0');
          EXECUTE format('CREATE TABLE public.%I PARTITION OF public.message FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 30)',
            name, format(bound, left(low, 8), right(low, 4)), format(bound, left(high, 8), right(high, 4)));
          made := made + 1;
        END LOOP;
        RETURN made;
      END $$`);
  }
}
