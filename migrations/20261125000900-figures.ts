import { Migration } from '@mikro-orm/migrations';

/** Sums of the whole instance for its metrics: counts by codes, never an id, a name or a tenant. */
export class Figures extends Migration {
  override up(): void {
    this.submissions();
    this.processes();
    for (const [table, columns] of READ) {
      this.addSql(`GRANT SELECT (${columns}) ON ${table} TO bonheure_lookup`);
    }
    for (const [signature, body] of SUMS) this.sum(signature, body);
  }

  private submissions(): void {
    this.addSql(`
      CREATE TABLE submission_count (
        account_id uuid NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'unknown', 'not-written')),
        reason text NOT NULL,
        calls bigint NOT NULL,
        messages bigint NOT NULL,
        seconds double precision NOT NULL,
        PRIMARY KEY (account_id, outcome, reason))`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE ON submission_count TO bonheure_app`);
  }

  private processes(): void {
    this.addSql(`
      CREATE TABLE process_figures (
        process_id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('api', 'worker')),
        figures jsonb NOT NULL,
        at timestamptz NOT NULL)`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON process_figures TO bonheure_app`);
  }

  private sum(signature: string, body: string): void {
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

const READ: readonly (readonly [string, string])[] = [
  ['tenant', 'halted'],
  ['batch', 'purpose, territory, waiting'],
  ['tally', 'state, reason, delta'],
  ['campaign', 'parked_because'],
  ['import', 'accepted, rejected, duplicates'],
  ['intent', 'created_at'],
  ['unlinked', 'event_id'],
];

const SUMS: readonly (readonly [string, string])[] = [
  [
    `message_sums() RETURNS TABLE (account_id uuid, purpose text, state text, reason text, territory text, waiting text, messages bigint)`,
    `SELECT b.account_id, b.purpose, t.state::text, t.reason, b.territory, b.waiting ->> 'code', sum(t.delta)::bigint
       FROM tally t JOIN batch b ON b.id = t.batch_id GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(t.delta) <> 0`,
  ],
  [
    // Law time for what is due, machine time for what waits to be told.
    `work_sums(law timestamptz, machine timestamptz) RETURNS TABLE (what text, kind text, count bigint, oldest_seconds double precision)`,
    `SELECT 'campaign', c.status, count(*), NULL::double precision FROM campaign c GROUP BY 2
     UNION ALL SELECT 'parked', c.parked_because, count(*), NULL FROM campaign c WHERE c.status = 'parked' GROUP BY 2
     UNION ALL SELECT 'intent', i.class::text, count(*), extract(epoch FROM machine - min(i.created_at)) FROM intent i GROUP BY 2
     UNION ALL SELECT 'link', u.chain, count(*), extract(epoch FROM machine - min(uuid_extract_timestamp(u.event_id))) FROM unlinked u GROUP BY 2
     UNION ALL SELECT 'tenant', CASE WHEN t.halted THEN 'halted' ELSE 'open' END, count(*), NULL FROM tenant t GROUP BY 2
     UNION ALL SELECT 'import', m.state, count(*), NULL FROM import m GROUP BY 2
     UNION ALL SELECT 'row', r.outcome, coalesce(sum(r.rows), 0)::bigint, NULL FROM import m, LATERAL (
         VALUES ('accepted', m.accepted), ('rejected', m.rejected), ('duplicate', m.duplicates)) r (outcome, rows) GROUP BY 2
     UNION ALL SELECT 'due', d.kind, count(*), extract(epoch FROM law - min(d.at)) FROM (
         SELECT 'series', s.next_action_at FROM reminder_series s WHERE s.next_action_at <= law AND s.woken_at IS NULL
         UNION ALL SELECT 'campaign', c.next_action_at FROM campaign c
          WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at <= law AND c.woken_at IS NULL
         UNION ALL SELECT 'shard', b.next_action_at FROM batch b
          WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at <= law AND b.woken_at IS NULL) d (kind, at) GROUP BY 2`,
  ],
];
