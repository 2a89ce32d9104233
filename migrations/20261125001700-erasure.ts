import { Migration } from '@mikro-orm/migrations';

/** People who asked to be erased, what became of it, and what housekeeping removed for reasons of age. */
export class Erasure extends Migration {
  override up(): void {
    this.erasures();
    this.retention();
    this.reconciled();
  }

  private erasures(): void {
    this.addSql(`
      CREATE TABLE erasure (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        phone_index bytea,
        requested_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        identity_checked boolean,
        sealed_reason bytea,
        actor text NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'done')),
        removed jsonb NOT NULL DEFAULT '{}',
        kept jsonb NOT NULL DEFAULT '[]',
        completed_at timestamptz,
        UNIQUE (tenant_id, contact_id),
        CHECK ((state = 'done') = (completed_at IS NOT NULL)),
        CHECK ((state = 'done') = (phone_index IS NULL)))`);
    this.addSql(`CREATE INDEX erasure_order ON erasure (tenant_id, id)`);
    this.addSql(`CREATE INDEX erasure_open ON erasure (id) WHERE state = 'running'`);
    this.addSql(`SELECT protect('erasure')`);
    // The key goes first; the row goes with it, so that the number may be met again as nobody's.
    this.addSql(`GRANT DELETE ON contact TO bonheure_app`);
    // A file of yesterday, sent again tonight, must not bring back somebody whose proofs are gone.
    this.addSql(`ALTER TABLE suppression ADD COLUMN spent_proofs text[] NOT NULL DEFAULT '{}'`);
    this.addSql(`CREATE INDEX message_text_contact ON message_text (tenant_id, contact_id)`);
    this.addSql(`CREATE INDEX message_text_age ON message_text (tenant_id, remove_at)`);
    this.addSql(`CREATE INDEX reply_contact ON reply (tenant_id, contact_id)`);
    this.addSql(`ALTER TABLE intent DROP CONSTRAINT intent_workflow_check`);
    this.addSql(`
      ALTER TABLE intent ADD CONSTRAINT intent_workflow_check CHECK (workflow IN
        ('campaign', 'campaignShard', 'reminderSeries', 'acknowledgements', 'importContacts', 'erasure', 'housekeeping'))`);
  }

  private retention(): void {
    this.addSql(`
      CREATE TABLE retention_run (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('rehearsal', 'cleaning')),
        actor text NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        lines jsonb NOT NULL DEFAULT '{}')`);
    this.addSql(`CREATE INDEX retention_run_order ON retention_run (tenant_id, id)`);
    this.addSql(`SELECT protect('retention_run')`);
    this.addSql(`
      CREATE TABLE leaving_contact (
        contact_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        because text NOT NULL,
        rule_id text NOT NULL,
        noticed_at timestamptz NOT NULL,
        remove_at timestamptz NOT NULL)`);
    this.addSql(`CREATE INDEX leaving_contact_due ON leaving_contact (tenant_id, remove_at)`);
    this.addSql(`SELECT protect('leaving_contact', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE legal_hold (
        contact_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        sealed_reason bytea NOT NULL,
        actor text NOT NULL,
        since timestamptz NOT NULL)`);
    this.addSql(`SELECT protect('legal_hold', 'SELECT, INSERT, UPDATE, DELETE')`);
    // Months of machine time; law and machine must both be past them, so that a moved clock drops nothing in use.
    this.addSql(`
      CREATE FUNCTION drop_message_partitions(machine timestamptz, kept_since timestamptz) RETURNS int
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      DECLARE
        part record; month date; low uuid; high uuid; stays boolean; dropped int := 0;
        bound CONSTANT text := '%s-%s-7000-8000-000000000000';
        low_hex text; high_hex text;
      BEGIN
        FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                     WHERE i.inhparent = 'public.message'::regclass AND c.relname ~ '^message_[0-9]{6}$' ORDER BY 1 LOOP
          month := to_date(right(part.relname, 6), 'YYYYMM');
          CONTINUE WHEN month >= date_trunc('month', least(machine, kept_since) AT TIME ZONE 'UTC')::date;
          low_hex := lpad(to_hex((extract(epoch FROM month::timestamp) * 1000)::bigint), 12, '0');
          high_hex := lpad(to_hex((extract(epoch FROM (month + interval '1 month')::timestamp) * 1000)::bigint), 12, '0');
          low := format(bound, left(low_hex, 8), right(low_hex, 4));
          high := format(bound, left(high_hex, 8), right(high_hex, 4));
          EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.batch b WHERE b.id >= $1 AND b.id < $2 AND b.state = ''open'')
            OR EXISTS (SELECT 1 FROM public.%I m WHERE coalesce(m.final_at, m.accepted_at) >= $3
                        OR m.state IN (''ready'', ''submitting'', ''uncertain''))', part.relname)
            INTO stays USING low, high, kept_since;
          CONTINUE WHEN stays;
          EXECUTE format('DROP TABLE public.%I', part.relname);
          dropped := dropped + 1;
        END LOOP;
        RETURN dropped;
      END $$`);
    this.addSql(`REVOKE ALL ON FUNCTION drop_message_partitions(timestamptz, timestamptz) FROM PUBLIC`);
    this.addSql(
      `GRANT EXECUTE ON FUNCTION drop_message_partitions(timestamptz, timestamptz) TO bonheure_app`,
    );
  }

  /** Whatever is open is started again where Temporal was emptied; an erasure too. */
  private reconciled(): void {
    this.addSql(`GRANT SELECT (id, tenant_id, state) ON erasure TO bonheure_lookup`);
    this.addSql(`CREATE POLICY lookup ON erasure FOR SELECT TO bonheure_lookup USING (true)`);
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
          SELECT 'acknowledgements', b.id, b.tenant_id FROM batch b WHERE b.kind = 'acknowledgements' AND b.next_action_at <= late
          UNION ALL
          SELECT 'import', i.id, i.tenant_id FROM import i WHERE i.state IN ('queued', 'reading')
          UNION ALL
          SELECT 'erasure', e.id, e.tenant_id FROM erasure e WHERE e.state = 'running'
        ) open (kind, id, tenant_id) WHERE open.id > after_id ORDER BY open.id LIMIT least(most, 1000) $$`);
  }
}
