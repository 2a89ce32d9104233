import { Migration } from '@mikro-orm/migrations';

/** What a call costs is kept with its mark: the currency of its account's price, and where its numbers are; and what came back of it. */
export class CostOfSubmissions extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE submission ADD COLUMN currency text, ADD COLUMN territory text`);
    this.addSql(`
      CREATE TABLE refund (
        tenant_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        account_id uuid NOT NULL,
        territory text NOT NULL,
        currency text NOT NULL,
        parts int NOT NULL CHECK (parts > 0),
        amount numeric NOT NULL CHECK (amount > 0),
        refunded_at timestamptz NOT NULL)`);
    this.addSql(`CREATE INDEX refund_batch ON refund (batch_id)`);
    this.addSql(`SELECT protect('refund', 'SELECT, INSERT')`);
  }
}
