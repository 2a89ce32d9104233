import { Migration } from '@mikro-orm/migrations';

/** Why a reply was read so: words of our lists, never the person's. */
export class ReplyBecause extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE reply ADD COLUMN because jsonb NOT NULL DEFAULT '{}'`);
  }
}
