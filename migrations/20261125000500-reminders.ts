import { Migration } from '@mikro-orm/migrations';

/** Reminder series and their steps. */
export class Reminders extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE reminder_series (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('appointment', 'subscription', 'payment-plan')),
        purpose text NOT NULL CHECK (purpose IN ('appointment', 'renewal', 'payment')),
        source text NOT NULL,
        external_index bytea NOT NULL,
        contact_id uuid NOT NULL,
        practice_id uuid,
        practice_index bytea,
        account_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        sender text NOT NULL,
        sealed bytea NOT NULL,
        person_index bytea,
        territory text NOT NULL,
        time_zone text NOT NULL,
        event_at timestamptz NOT NULL,
        event_wall text NOT NULL,
        event_zone text NOT NULL,
        plan jsonb NOT NULL,
        facts bytea NOT NULL,
        revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
        revised_at timestamptz NOT NULL,
        source_revision bigint,
        told_at timestamptz,
        told_revision int,
        correction_seq int,
        notify_change boolean NOT NULL DEFAULT true,
        state text NOT NULL CHECK (state IN ('open', 'paused', 'completed', 'stopped', 'cancelled', 'superseded')),
        ended_because text,
        next_action_at timestamptz,
        woken_at timestamptz,
        waiting jsonb,
        simulated boolean NOT NULL DEFAULT false,
        confirmed_at timestamptz,
        no_show_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        ended_at timestamptz,
        CHECK ((state IN ('open', 'paused')) = (ended_at IS NULL)))`);
    this.addSql(
      `CREATE UNIQUE INDEX reminder_series_external ON reminder_series (tenant_id, kind, source, external_index) WHERE state <> 'superseded'`,
    );
    this.addSql(`CREATE INDEX reminder_series_contact ON reminder_series (tenant_id, contact_id)`);
    this.addSql(`CREATE INDEX reminder_series_event ON reminder_series (tenant_id, kind, event_at)`);
    this.addSql(
      `CREATE INDEX reminder_series_due ON reminder_series (next_action_at) WHERE next_action_at IS NOT NULL`,
    );
    this.addSql(`SELECT protect('reminder_series')`);
    this.addSql(`
      CREATE TABLE reminder_step (
        series_id uuid NOT NULL,
        revision int NOT NULL,
        position int NOT NULL CHECK (position BETWEEN 0 AND 999),
        tenant_id uuid NOT NULL,
        step text NOT NULL,
        facts bytea NOT NULL,
        event_at timestamptz NOT NULL,
        wanted_at timestamptz NOT NULL,
        planned_at timestamptz,
        state text NOT NULL CHECK (state IN ('planned', 'skipped', 'cancelled', 'sent', 'failed', 'expired', 'uncertain')),
        code text,
        because jsonb,
        since timestamptz NOT NULL,
        PRIMARY KEY (series_id, revision, position),
        CHECK (state <> 'planned' OR planned_at IS NOT NULL),
        CHECK (state <> 'skipped' OR code IS NOT NULL))`);
    this.addSql(`SELECT protect('reminder_step')`);
  }
}
