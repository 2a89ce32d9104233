import { Migration } from '@mikro-orm/migrations';

/** What the messages of a batch cost, kept once nothing of it is to leave any more: lines by account, territory and currency. */
export class KeptCost extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE batch ADD COLUMN cost jsonb`);
  }
}
