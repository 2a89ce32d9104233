import { Migration } from '@mikro-orm/migrations';

/** A call that a restored database only supposes was decided by nobody: it is no attempt outside the window. */
export class LostAttempts extends Migration {
  override up(): void {
    // Marks are by the machine clock, decisions by the law clock: an id of a decision tells the one for the other.
    this.addSql(`
      CREATE OR REPLACE FUNCTION attempts_outside_between(first timestamptz, bound timestamptz) RETURNS bigint
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT count(*) FROM submission s LEFT JOIN decision d ON d.id = s.decision_id
         WHERE s.id >= ${firstIdAt('first')} AND s.id < ${firstIdAt('bound')}
           AND NOT (s.decision_id IS NULL AND s.body_digest = '')
           AND (d.id IS NULL OR d.verdict <> 'allow' OR d.at + (s.marked_at - uuid_extract_timestamp(d.id)) >= d.until) $$`);
    this.addSql(`GRANT SELECT (body_digest) ON submission TO bonheure_lookup`);
  }
}

/** The lowest UUID of version 7 of a moment: submissions are read by their primary key. */
const firstIdAt = (moment: string): string =>
  `(lpad(to_hex(floor(extract(epoch FROM ${moment}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;
