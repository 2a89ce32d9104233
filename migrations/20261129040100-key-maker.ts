import { Migration } from '@mikro-orm/migrations';

/** Who made a key: whoever makes one for themselves is no second person. */
export class KeyMaker extends Migration {
  override up(): void {
    // Keys of before have none on record: each stays a person of its own, as it was when it was handed out.
    this.addSql(`ALTER TABLE api_key ADD COLUMN made_by uuid`);
  }
}
