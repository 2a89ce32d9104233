import { Migration } from '@mikro-orm/migrations';

/** The trials of a campaign are counted and ended by it, among millions of batches. */
export class TrialsOfCampaign extends Migration {
  override up(): void {
    this.addSql(`CREATE INDEX batch_trials ON batch (tenant_id, test_of, created_at) WHERE kind = 'test'`);
  }
}
