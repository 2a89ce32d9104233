import { Migration } from '@mikro-orm/migrations';

/** What an operator said when it refused a message, and the code for which a campaign is parked. */
export class Refusals extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE submission ADD COLUMN operator_code text, ADD COLUMN operator_words text`);
    this.addSql(`ALTER TABLE campaign ADD COLUMN parked_code text`);
  }
}
