import { Migration } from '@mikro-orm/migrations';

/**
 * What a call costs is kept with its mark: the currency of its account's price, where its numbers are, and when it was
 * on the law clock. Messages that an operator did not take are refunded: each such sum is a row of its own.
 */
export class CostOfSubmissions extends Migration {
  override up(): void {
    this.addSql(
      `ALTER TABLE submission ADD COLUMN currency text, ADD COLUMN territory text, ADD COLUMN law_at timestamptz`,
    );
    // Marks come in the order of time: a range of pages is found by few bytes, and a mark writes no entry.
    this.addSql(
      `CREATE INDEX submission_month ON submission USING brin ((coalesce(law_at, marked_at))) WITH (pages_per_range = 16, autosummarize = on)`,
    );
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
    this.addSql(`CREATE INDEX refund_month ON refund (tenant_id, refunded_at)`);
    this.addSql(
      `CREATE INDEX reminder_series_practice ON reminder_series (practice_id) WHERE practice_id IS NOT NULL`,
    );
    this.addSql(`SELECT protect('refund', 'SELECT, INSERT')`);
  }
}
