import { Migration } from '@mikro-orm/migrations';

/** Notices to many wait behind what one person is owed, on every worker. */
export class NoticeShares extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE rate_share ADD COLUMN wanted_notices int NOT NULL DEFAULT 0`);
  }
}
