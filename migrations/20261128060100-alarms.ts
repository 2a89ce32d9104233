import { Migration } from '@mikro-orm/migrations';

/** What alarms of the whole instance ask for: counts alone, never an id, a name or a tenant. */
export class Alarms extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE instance ADD COLUMN attempts_outside bigint NOT NULL DEFAULT 0,
        ADD COLUMN attempts_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ADD COLUMN cleaned_at timestamptz NOT NULL DEFAULT clock_timestamp()`);
    this.addSql(`ALTER TABLE campaign ADD COLUMN forecast_late boolean NOT NULL DEFAULT false`);
    this.addSql(`GRANT SELECT (forecast_late) ON campaign TO bonheure_lookup`);
    this.addSql(`GRANT SELECT (id, decision_id, marked_at) ON submission TO bonheure_lookup`);
    this.addSql(`GRANT SELECT (id, verdict, at, until) ON decision TO bonheure_lookup`);
    this.addSql(`CREATE POLICY lookup ON decision FOR SELECT TO bonheure_lookup USING (true)`);
    this.definer(
      `late_campaigns() RETURNS bigint`,
      `SELECT count(*) FROM campaign c WHERE c.forecast_late AND c.status = 'running'`,
    );
    // Marks are by the machine clock, decisions by the law clock: an id of a decision tells the one for the other.
    this.definer(
      `attempts_outside_between(first timestamptz, bound timestamptz) RETURNS bigint`,
      `SELECT count(*) FROM submission s LEFT JOIN decision d ON d.id = s.decision_id
        WHERE s.id >= ${firstIdAt('first')} AND s.id < ${firstIdAt('bound')}
          AND (d.id IS NULL OR d.verdict <> 'allow' OR d.at + (s.marked_at - uuid_extract_timestamp(d.id)) >= d.until)`,
    );
  }

  private definer(signature: string, body: string): void {
    const name = signature.slice(0, signature.indexOf(' RETURNS'));
    const called = name.replaceAll(/(\w+) (\w+)(?=[,)])/g, '$2');
    this.addSql(
      `CREATE FUNCTION ${signature} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ ${body} $$`,
    );
    this.addSql(`REVOKE ALL ON FUNCTION ${called} FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION ${called} TO bonheure_app`);
    this.addSql(`ALTER FUNCTION ${called} OWNER TO bonheure_lookup`);
  }
}

/** The lowest UUID of version 7 of a moment: submissions are read by their primary key. */
const firstIdAt = (moment: string): string =>
  `(lpad(to_hex(floor(extract(epoch FROM ${moment}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;
