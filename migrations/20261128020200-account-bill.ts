import { Migration } from '@mikro-orm/migrations';

/** What operators say they counted, beside what was counted here, by account and day. */
export class AccountBill extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE account_bill (
        account_id uuid NOT NULL,
        counted_on date NOT NULL,
        messages bigint NOT NULL,
        parts_ours bigint NOT NULL,
        parts_told bigint NOT NULL,
        cost_ours numeric NOT NULL,
        cost_told numeric NOT NULL,
        PRIMARY KEY (account_id, counted_on))`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON account_bill TO bonheure_app`);
  }
}
