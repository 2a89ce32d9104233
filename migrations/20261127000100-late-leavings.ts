import { Migration } from '@mikro-orm/migrations';

/** People who left and were put on record too late are counted by the day. */
export class LateLeavings extends Migration {
  override up(): void {
    this.addSql(
      `CREATE INDEX consent_event_leaving ON consent_event (tenant_id, recorded_at) WHERE kind IN ('withdrawn', 'objected')`,
    );
    this.addSql(`ALTER TABLE instance ADD COLUMN late_leavings_last_day int NOT NULL DEFAULT 0`);
  }
}
