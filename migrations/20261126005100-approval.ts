import { Migration } from '@mikro-orm/migrations';

/** Who said that a campaign may be launched, as it stood then. */
export class Approval extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE approval (
        campaign_id uuid NOT NULL,
        revision int NOT NULL,
        actor text NOT NULL,
        tenant_id uuid NOT NULL,
        approved_at timestamptz NOT NULL,
        PRIMARY KEY (campaign_id, revision, actor))`);
    this.addSql(`SELECT protect('approval', 'SELECT, INSERT')`);
  }
}
