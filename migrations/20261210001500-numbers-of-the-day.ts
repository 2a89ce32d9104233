import { Migration } from '@mikro-orm/migrations';

/**
 * What the author of a campaign did not choose is the number of the law on the day on which it leaves.
 *
 * A draft that has the numbers that everybody had is one whose author chose none.
 */
export class NumbersOfTheDay extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE campaign ALTER COLUMN margin_ms DROP NOT NULL, ALTER COLUMN margin_ms DROP DEFAULT,
        ALTER COLUMN max_parts DROP NOT NULL, ALTER COLUMN max_parts DROP DEFAULT`);
    this.addSql(`ALTER TABLE campaign NO FORCE ROW LEVEL SECURITY`);
    this.addSql(`
      UPDATE campaign SET margin_ms = nullif(margin_ms, 0), max_parts = nullif(max_parts, 3) WHERE status = 'draft'`);
    this.addSql(`ALTER TABLE campaign FORCE ROW LEVEL SECURITY`);
  }
}
