import { Migration } from '@mikro-orm/migrations';

/** What each api process says of its opt-out journal, and which seal the journals were replayed for. */
export class Journal extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE process
        ADD COLUMN report bigint NOT NULL DEFAULT 0,
        ADD COLUMN pardoned_at timestamptz`);
    this.addSql(`ALTER TABLE instance ADD COLUMN seal_id uuid`);
  }
}
