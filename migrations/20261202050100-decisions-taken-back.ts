import { Migration } from '@mikro-orm/migrations';

/** A decision on a reply may be taken back: the instants of what it recorded are kept, for the next decision to end. */
export class DecisionsTakenBack extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE reply ADD COLUMN taken_back timestamptz[] NOT NULL DEFAULT '{}'`);
    this.addSql(
      `CREATE INDEX reply_decided ON reply (tenant_id, decided_at, inbound_id) WHERE decided_at IS NOT NULL`,
    );
  }
}
