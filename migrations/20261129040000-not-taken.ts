import { Migration } from '@mikro-orm/migrations';

/** What an operator was asked of a message later says nothing of the call that carried it. */
export class NotTaken extends Migration {
  override up(): void {
    // Places in the batch of messages that a look-up proved were not taken.
    this.addSql(`ALTER TABLE submission ADD COLUMN not_taken int[]`);
  }
}
