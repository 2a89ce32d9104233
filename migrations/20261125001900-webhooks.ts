import { Migration } from '@mikro-orm/migrations';

/** What tenants' own systems are told, and what people answer to reminders. */
export class Webhooks extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE reminder_series ADD COLUMN cancellation_requested_at timestamptz`);
    this.addSql(`
      ALTER TABLE webhook_endpoint
        ADD COLUMN delivered bigint NOT NULL DEFAULT 0,
        ADD COLUMN retried bigint NOT NULL DEFAULT 0,
        ADD COLUMN failed bigint NOT NULL DEFAULT 0,
        ADD COLUMN failing_since timestamptz,
        ADD COLUMN failing_because text,
        ADD COLUMN resting_until timestamptz,
        ADD CHECK ((failing_since IS NULL) = (failing_because IS NULL))`);
    this.addSql(
      `CREATE INDEX webhook_endpoint_open ON webhook_endpoint (tenant_id) WHERE removed_at IS NULL`,
    );
    // Rendered anew at each attempt, so that nothing of a person is kept here: ids, codes and instants only.
    this.addSql(`
      ALTER TABLE webhook_delivery
        DROP COLUMN sealed_payload,
        ADD COLUMN subject uuid,
        ADD COLUMN about jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN because text,
        ADD COLUMN expires_at timestamptz NOT NULL,
        ADD COLUMN finished_at timestamptz,
        ADD CHECK ((state = 'pending') = (finished_at IS NULL))`);
    this.addSql(`DROP INDEX webhook_delivery_due`);
    this.addSql(
      `CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_attempt_at) WHERE state = 'pending'`,
    );
    this.addSql(`CREATE INDEX webhook_delivery_listed ON webhook_delivery (endpoint_id, id)`);
    this.addSql(
      `CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE state <> 'pending'`,
    );
    this.addSql(`GRANT DELETE ON webhook_delivery TO bonheure_app`);
    this.lookups();
  }

  private lookups(): void {
    for (const table of ['webhook_endpoint', 'webhook_delivery'])
      this.addSql(`CREATE POLICY lookup ON ${table} FOR SELECT TO bonheure_lookup USING (true)`);
    this.addSql(`
      GRANT SELECT (id, tenant_id, removed_at, resting_until, failing_since, delivered, retried, failed) ON webhook_endpoint TO bonheure_lookup`);
    this.addSql(`
      GRANT SELECT (endpoint_id, tenant_id, state, next_attempt_at, finished_at) ON webhook_delivery TO bonheure_lookup`);
    this.define(
      'due_webhooks(now timestamptz, most int)',
      'TABLE (endpoint_id uuid, tenant_id uuid)',
      `SELECT e.id, e.tenant_id FROM webhook_endpoint e
        WHERE e.removed_at IS NULL AND (e.resting_until IS NULL OR e.resting_until <= now)
          AND EXISTS (SELECT FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at <= now)
        ORDER BY (SELECT min(d.next_attempt_at) FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 'pending') LIMIT most`,
    );
    this.define(
      'tenants_of_old_webhooks(before timestamptz, most int)',
      'TABLE (tenant_id uuid)',
      `SELECT DISTINCT o.tenant_id FROM (
         SELECT d.tenant_id FROM webhook_delivery d WHERE d.state <> 'pending' AND d.finished_at < before
          ORDER BY d.finished_at LIMIT most) o`,
    );
    this.define(
      'webhook_sums()',
      'TABLE (delivered float8, retried float8, failed float8, pending float8, failing float8)',
      `SELECT coalesce(sum(e.delivered), 0)::float8, coalesce(sum(e.retried), 0)::float8, coalesce(sum(e.failed), 0)::float8,
              (SELECT count(*)::float8 FROM webhook_delivery WHERE state = 'pending'),
              count(*) FILTER (WHERE e.removed_at IS NULL AND e.failing_since IS NOT NULL)::float8
         FROM webhook_endpoint e`,
    );
  }

  /** A function that looks across tenants and answers ids or sums only. */
  private define(signature: string, answer: string, body: string): void {
    const named = signature.replaceAll(/(\w+) (timestamptz|int)/g, '$2');
    this.addSql(`
      CREATE FUNCTION ${signature} RETURNS ${answer}
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ ${body} $$`);
    this.addSql(`REVOKE ALL ON FUNCTION ${named} FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION ${named} TO bonheure_app`);
    this.addSql(`ALTER FUNCTION ${named} OWNER TO bonheure_lookup`);
  }
}
