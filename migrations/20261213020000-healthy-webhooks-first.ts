import { Migration } from '@mikro-orm/migrations';

/** The endpoints that are served next: so many that work, then so many that fail, tenants in rotation. */
export class HealthyWebhooksFirst extends Migration {
  override up(): void {
    // Another column is another type, which no function can be replaced by; earlier workers name two of the three.
    this.addSql(`DROP FUNCTION due_webhooks(timestamptz, int)`);
    this.addSql(`
      CREATE FUNCTION due_webhooks(now timestamptz, most int)
        RETURNS TABLE(endpoint_id uuid, tenant_id uuid, failing boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT k.id, k.tenant_id, k.failing FROM (
          SELECT w.id, w.tenant_id, w.failing,
                 row_number() OVER (PARTITION BY w.failing ORDER BY w.turn, w.oldest) AS place
            FROM (
              SELECT e.id, e.tenant_id, e.failing_since IS NOT NULL AS failing, p.oldest,
                     row_number() OVER (PARTITION BY e.tenant_id, e.failing_since IS NOT NULL ORDER BY p.oldest) AS turn
                FROM webhook_endpoint e, LATERAL (
                  SELECT min(d.next_attempt_at) AS oldest FROM webhook_delivery d
                   WHERE d.endpoint_id = e.id AND d.state = 'pending') p
               WHERE e.removed_at IS NULL AND (e.resting_until IS NULL OR e.resting_until <= now) AND p.oldest <= now
            ) w) k
         WHERE k.place <= most ORDER BY k.failing, k.place
      $$`);
    this.addSql(`REVOKE ALL ON FUNCTION due_webhooks(timestamptz, int) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION due_webhooks(timestamptz, int) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION due_webhooks(timestamptz, int) OWNER TO bonheure_lookup`);
  }
}
