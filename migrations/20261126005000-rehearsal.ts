import { Migration } from '@mikro-orm/migrations';

/** What campaigns would have done when somebody asked. */
export class Rehearsal extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE rehearsal (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        campaign_id uuid NOT NULL,
        revision int NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
        asked_at timestamptz NOT NULL,
        ended_at timestamptz,
        report jsonb,
        sha256 text,
        CHECK ((state = 'running') = (ended_at IS NULL)),
        CHECK ((state = 'done') = (report IS NOT NULL AND sha256 IS NOT NULL)))`);
    this.addSql(`CREATE INDEX rehearsal_campaign ON rehearsal (tenant_id, campaign_id, id)`);
    this.addSql(`CREATE UNIQUE INDEX rehearsal_running ON rehearsal (campaign_id) WHERE state = 'running'`);
    this.addSql(`SELECT protect('rehearsal', 'SELECT, INSERT, UPDATE, DELETE')`);
  }
}
