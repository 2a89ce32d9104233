import { Migration } from '@mikro-orm/migrations';

/** A practice says whether Good Friday is a holiday in the communes of its people; without a word, its tenant does. */
export class GoodFridayOfPractices extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE practice ADD COLUMN good_friday text CHECK (good_friday IN ('closed', 'open'))`);
  }
}
