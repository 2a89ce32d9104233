import { Migration } from '@mikro-orm/migrations';

/** What a part cost when it left: its account may have changed by the time that it is given back. */
export class PriceAtMark extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE submission ADD COLUMN price numeric`);
  }
}
