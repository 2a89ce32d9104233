import { Migration } from '@mikro-orm/migrations';

/** A campaign that comes again and again, and what became of each time. */
export class Recurrence extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE recurrence (
        campaign_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        every text NOT NULL CHECK (every ~ '^P[1-9][0-9]?[DWM]$'),
        first_on date NOT NULL,
        at_hour text NOT NULL CHECK (at_hour ~ '^[0-2][0-9]:[0-5][0-9]$'),
        time_zone text NOT NULL,
        until_on date,
        expires_after text,
        launched_by text,
        acknowledged text[] NOT NULL DEFAULT '{}',
        looked_under int)`);
    this.addSql(`SELECT protect('recurrence')`);
    this.addSql(`
      CREATE TABLE occurrence (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        recurrence_id uuid NOT NULL,
        occurs_at timestamptz NOT NULL,
        campaign_id uuid UNIQUE,
        because text,
        noted_at timestamptz NOT NULL,
        UNIQUE (recurrence_id, occurs_at),
        CHECK (campaign_id IS NOT NULL OR because IS NOT NULL))`);
    this.addSql(`SELECT protect('occurrence', 'SELECT, INSERT')`);
  }
}
