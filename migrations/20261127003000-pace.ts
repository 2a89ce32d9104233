import { Migration } from '@mikro-orm/migrations';

/** Campaigns that leave at an hour of the recipient's, or day after day. */
export class Pace extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE campaign
        ADD COLUMN local_time text CHECK (local_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
        ADD COLUMN spread_days int CHECK (spread_days BETWEEN 2 AND 60),
        ADD COLUMN scheduled_under int`);
    this.addSql(`ALTER TABLE batch ADD COLUMN day int NOT NULL DEFAULT 0, ADD COLUMN begun_at timestamptz`);
  }
}
