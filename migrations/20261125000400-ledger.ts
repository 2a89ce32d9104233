import { Migration } from '@mikro-orm/migrations';

/** The ledger: campaigns, batches, messages, submissions and what became of each. */
export class Ledger extends Migration {
  override up(): void {
    this.accounts();
    this.campaigns();
    this.batches();
    this.messages();
    this.submissions();
    this.outcomes();
  }

  private accounts(): void {
    this.addSql(`
      CREATE TABLE gateway_account (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE,
        kind text NOT NULL,
        fake boolean NOT NULL,
        rate_per_second int CHECK (rate_per_second > 0),
        halted boolean NOT NULL DEFAULT false,
        halt_reason text,
        state text NOT NULL DEFAULT 'unknown',
        credit numeric,
        last_receipt_at timestamptz,
        last_stop_at timestamptz,
        proven_at timestamptz,
        proven_how text,
        updated_at timestamptz NOT NULL,
        CHECK (NOT halted OR halt_reason IS NOT NULL))`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE ON gateway_account TO bonheure_app`);
    this.addSql(`
      CREATE TABLE gateway_halt (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL REFERENCES gateway_account,
        reason text NOT NULL,
        since timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, account_id))`);
    this.addSql(`SELECT protect('gateway_halt', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE rate_share (
        scope text NOT NULL,
        worker_id uuid NOT NULL,
        granted int NOT NULL CHECK (granted >= 0),
        target int NOT NULL CHECK (target >= 0),
        wanted int NOT NULL CHECK (wanted >= 0),
        wanted_first int NOT NULL DEFAULT 0,
        lease_until timestamptz NOT NULL,
        cooling int NOT NULL DEFAULT 0,
        cooling_until timestamptz,
        PRIMARY KEY (scope, worker_id))`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON rate_share TO bonheure_app`);
  }

  private campaigns(): void {
    this.addSql(`
      CREATE TABLE campaign (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        brand_id uuid,
        account_id uuid NOT NULL,
        name text NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('marketing', 'appointment', 'renewal', 'payment')),
        profile text NOT NULL,
        status text NOT NULL CHECK (status IN ('draft', 'scheduled', 'running', 'paused', 'parked', 'cancelled', 'finished')),
        sender text NOT NULL,
        sealed bytea NOT NULL,
        audience jsonb NOT NULL,
        start_at timestamptz,
        expire_at timestamptz,
        margin_ms int NOT NULL DEFAULT 0 CHECK (margin_ms >= 0),
        rate_per_second int CHECK (rate_per_second > 0),
        max_parts int NOT NULL DEFAULT 3 CHECK (max_parts BETWEEN 1 AND 10),
        budget numeric CHECK (budget > 0),
        price numeric CHECK (price >= 0),
        currency text NOT NULL DEFAULT 'EUR',
        revision int NOT NULL DEFAULT 1,
        parked_because text,
        frozen_at timestamptz,
        next_action_at timestamptz,
        woken_at timestamptz,
        waiting jsonb,
        source text NOT NULL,
        simulated boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        launched_at timestamptz,
        ended_at timestamptz,
        CHECK ((status = 'parked') = (parked_because IS NOT NULL)),
        CHECK ((status IN ('cancelled', 'finished')) = (ended_at IS NOT NULL)),
        CHECK (status IN ('draft', 'cancelled') OR launched_at IS NOT NULL),
        CHECK (budget IS NULL OR price IS NOT NULL))`);
    this.addSql(`CREATE INDEX campaign_order ON campaign (tenant_id, id)`);
    this.addSql(
      `CREATE INDEX campaign_open ON campaign (next_action_at) WHERE status IN ('scheduled', 'running', 'paused', 'parked')`,
    );
    this.addSql(`SELECT protect('campaign')`);
  }

  private batches(): void {
    this.addSql(`
      CREATE TABLE batch (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('campaign', 'series', 'acknowledgements', 'test')),
        account_id uuid NOT NULL,
        purpose text NOT NULL,
        campaign_id uuid,
        series_id uuid,
        shard int,
        territory text NOT NULL,
        time_zone text NOT NULL,
        size int NOT NULL DEFAULT 0,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
        epoch int NOT NULL DEFAULT 0,
        reserved numeric NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        spent numeric NOT NULL DEFAULT 0,
        next_action_at timestamptz,
        woken_at timestamptz,
        waiting jsonb,
        last_submission_at timestamptz,
        tallied_at timestamptz,
        created_at timestamptz NOT NULL,
        CHECK ((kind = 'campaign') = (campaign_id IS NOT NULL AND shard IS NOT NULL)),
        CHECK ((kind = 'series') = (series_id IS NOT NULL)))`);
    this.addSql(
      `CREATE UNIQUE INDEX batch_shard ON batch (campaign_id, shard) WHERE campaign_id IS NOT NULL`,
    );
    this.addSql(`CREATE UNIQUE INDEX batch_series ON batch (series_id) WHERE series_id IS NOT NULL`);
    this.addSql(
      `CREATE UNIQUE INDEX batch_standing ON batch (tenant_id, account_id) WHERE kind = 'acknowledgements'`,
    );
    this.addSql(`CREATE INDEX batch_account ON batch (account_id, tenant_id)`);
    this.addSql(`CREATE INDEX batch_due ON batch (next_action_at) WHERE state = 'open'`);
    this.addSql(`SELECT protect('batch')`);
    this.addSql(`
      CREATE TABLE decision (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        purpose text NOT NULL,
        territory text NOT NULL,
        time_zone text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('allow', 'hold', 'refuse', 'expire')),
        at timestamptz NOT NULL,
        until timestamptz,
        profile text NOT NULL,
        rules_version text NOT NULL,
        calendar_version text NOT NULL,
        rules jsonb NOT NULL,
        inputs jsonb NOT NULL,
        clock_revision int NOT NULL)`);
    this.addSql(`CREATE INDEX decision_batch ON decision (batch_id, id)`);
    this.addSql(`SELECT protect('decision', 'SELECT, INSERT')`);
  }

  private messages(): void {
    this.addSql(`
      CREATE TABLE message (
        batch_id uuid NOT NULL,
        seq int NOT NULL CHECK (seq >= 0),
        tenant_id uuid NOT NULL,
        contact_id uuid,
        state message_state NOT NULL,
        reason text,
        submission_id uuid,
        not_before timestamptz,
        accepted_at timestamptz,
        final_at timestamptz,
        revision int NOT NULL DEFAULT 1,
        parts smallint,
        encoding text,
        digest bytea,
        PRIMARY KEY (batch_id, seq),
        CONSTRAINT submitted_once CHECK (state NOT IN ('submitting', 'accepted', 'delivered', 'undelivered', 'uncertain') OR submission_id IS NOT NULL),
        CONSTRAINT ready_is_unsubmitted CHECK (state <> 'ready' OR submission_id IS NULL),
        CONSTRAINT ended_with_a_reason CHECK (state NOT IN ('excluded', 'failed', 'expired', 'uncertain') OR reason IS NOT NULL)
      ) PARTITION BY RANGE (batch_id)`);
    this.addSql(`CREATE INDEX message_contact ON message (tenant_id, contact_id)`);
    this.addSql(`CREATE TABLE message_default PARTITION OF message DEFAULT WITH (fillfactor = 50)`);
    this.addSql(`SELECT protect('message')`);
    this.addSql(`GRANT MAINTAIN ON message TO bonheure_app`);
    this.addSql(`
      CREATE FUNCTION make_message_partitions(from_month date, months int) RETURNS int
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
          EXECUTE format('CREATE TABLE public.%I PARTITION OF public.message FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 50)',
            name, format(bound, left(low, 8), right(low, 4)), format(bound, left(high, 8), right(high, 4)));
          made := made + 1;
        END LOOP;
        RETURN made;
      END $$`);
    this.addSql(`REVOKE ALL ON FUNCTION make_message_partitions(date, int) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION make_message_partitions(date, int) TO bonheure_app`);
    this.addSql(`SELECT make_message_partitions((now() AT TIME ZONE 'UTC')::date, 4)`);
    this.addSql(`
      CREATE TABLE message_text (
        batch_id uuid NOT NULL,
        seq int NOT NULL,
        tenant_id uuid NOT NULL,
        contact_id uuid,
        sealed bytea NOT NULL,
        remove_at timestamptz NOT NULL,
        PRIMARY KEY (batch_id, seq))`);
    this.addSql(`SELECT protect('message_text', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE acknowledgement (
        batch_id uuid NOT NULL,
        seq int NOT NULL,
        tenant_id uuid NOT NULL,
        inbound_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('stop', 'contact')),
        phone_index bytea NOT NULL,
        on_day date NOT NULL,
        sealed bytea NOT NULL,
        PRIMARY KEY (batch_id, seq),
        UNIQUE (tenant_id, inbound_id),
        UNIQUE (tenant_id, phone_index, batch_id, on_day, kind))`);
    this.addSql(`SELECT protect('acknowledgement', 'SELECT, INSERT, DELETE')`);
  }

  private submissions(): void {
    this.addSql(`
      CREATE TABLE submission (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        epoch int NOT NULL,
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 20),
        messages int NOT NULL CHECK (messages > 0),
        decision_id uuid,
        marked_at timestamptz NOT NULL,
        body_digest bytea NOT NULL,
        outcome text CHECK (outcome IN ('refused', 'unknown', 'resolved')),
        outcome_code text,
        outcome_at timestamptz,
        resent int NOT NULL DEFAULT 0,
        CHECK ((outcome IS NULL) = (outcome_at IS NULL)))`);
    this.addSql(`CREATE INDEX submission_batch ON submission (batch_id, id)`);
    this.addSql(`SELECT protect('submission', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE acceptance (
        account_id uuid NOT NULL,
        gateway_id text NOT NULL,
        recipient bytea NOT NULL DEFAULT '',
        tenant_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        seq int NOT NULL,
        submission_id uuid NOT NULL,
        first_byte_at timestamptz,
        answered_at timestamptz NOT NULL,
        PRIMARY KEY (account_id, gateway_id, recipient))`);
    this.addSql(`SELECT protect('acceptance', 'SELECT, INSERT')`);
  }

  private outcomes(): void {
    this.addSql(`
      CREATE TABLE tally (
        tenant_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        state message_state NOT NULL,
        reason text,
        delta int NOT NULL,
        noted_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
    this.addSql(`CREATE INDEX tally_batch ON tally (batch_id)`);
    this.addSql(`SELECT protect('tally', 'SELECT, INSERT, DELETE')`);
  }
}
