import { Migration } from '@mikro-orm/migrations';

/**
 * Due rows carry their row version: a row is marked as woken only if nothing was written to it since.
 *
 * A woken workflow may plan again by a clock that is slightly behind, and wait for the same instant. Marking it as
 * woken after that left it asleep until the next reconciliation, a minute or two later.
 */
export class DueVersion extends Migration {
  override up(): void {
    for (const table of ['reminder_series', 'campaign', 'batch'])
      this.addSql(`GRANT SELECT (xmin) ON ${table} TO bonheure_lookup`);
    this.addSql(`DROP FUNCTION due_work(timestamptz, int)`);
    this.addSql(`
      CREATE FUNCTION due_work(moment timestamptz, most int)
        RETURNS TABLE (kind text, id uuid, tenant_id uuid, workflow_id text, due_at timestamptz, version text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT * FROM (
          SELECT 'series', s.id, s.tenant_id, 'series/' || s.id, s.next_action_at, s.xmin::text FROM reminder_series s
           WHERE s.next_action_at <= moment AND s.woken_at IS NULL
          UNION ALL
          SELECT 'campaign', c.id, c.tenant_id, 'campaign/' || c.id, c.next_action_at, c.xmin::text FROM campaign c
           WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at <= moment
             AND c.woken_at IS NULL
          UNION ALL
          SELECT 'shard', b.id, b.tenant_id, 'campaign/' || b.campaign_id || '/shard/' || b.shard, b.next_action_at, b.xmin::text
            FROM batch b
           WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at <= moment
             AND b.woken_at IS NULL
        ) due (kind, id, tenant_id, workflow_id, due_at, version) ORDER BY due_at LIMIT least(most, 1000) $$`);
    this.addSql(`REVOKE ALL ON FUNCTION due_work(timestamptz, int) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION due_work(timestamptz, int) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION due_work(timestamptz, int) OWNER TO bonheure_lookup`);
  }
}
