import { Migration } from '@mikro-orm/migrations';

/** An account that takes messages again has credit again, also where its operator tells of none. */
export class CallsThen extends Migration {
  override up(): void {
    // Calls that an account without credit had taken before: one more, and it is paid for.
    this.addSql(`ALTER TABLE gateway_account ADD COLUMN calls_then bigint`);
  }
}
