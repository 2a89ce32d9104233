import { Migration } from '@mikro-orm/migrations';

/** A trial that waits for its hour is found again where Temporal was emptied or the clock was moved. */
export class OpenTrials extends Migration {
  override up(): void {
    this.addSql(`
      CREATE OR REPLACE FUNCTION open_work(late timestamptz, after_id uuid, most int)
        RETURNS TABLE (kind text, id uuid, tenant_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT * FROM (
          SELECT 'series', s.id, s.tenant_id FROM reminder_series s WHERE s.next_action_at <= late
          UNION ALL
          SELECT 'series', s.id, s.tenant_id FROM reminder_series s
           WHERE late = 'infinity' AND s.state IN ('open', 'paused') AND s.next_action_at IS NULL
          UNION ALL
          SELECT 'campaign', c.id, c.tenant_id FROM campaign c
           WHERE late = 'infinity' AND c.status = 'cancelled'
             AND EXISTS (SELECT 1 FROM batch b WHERE b.campaign_id = c.id AND b.state = 'open')
          UNION ALL
          SELECT 'campaign', c.id, c.tenant_id FROM campaign c WHERE c.status IN ('scheduled', 'running', 'paused', 'parked')
          UNION ALL
          SELECT 'acknowledgements', b.id, b.tenant_id FROM batch b WHERE (b.kind = 'acknowledgements' OR b.kind = 'test' AND b.state = 'open') AND b.next_action_at <= late
          UNION ALL
          SELECT 'import', i.id, i.tenant_id FROM import i WHERE i.state IN ('queued', 'reading')
          UNION ALL
          SELECT 'erasure', e.id, e.tenant_id FROM erasure e WHERE e.state = 'running'
        ) open (kind, id, tenant_id) WHERE open.id > after_id ORDER BY open.id LIMIT least(most, 1000) $$`);
  }
}
