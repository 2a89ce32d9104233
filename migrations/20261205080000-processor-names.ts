import { Migration } from '@mikro-orm/migrations';

/** The company behind an account is named to people where they agree, not its country alone. */
export class ProcessorNames extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE gateway_account ADD COLUMN processor_name text`);
  }
}
