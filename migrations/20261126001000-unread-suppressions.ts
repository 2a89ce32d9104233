import { Migration } from '@mikro-orm/migrations';

/** Each mark asks whether a list of numbers to leave alone waits to be read. */
export class UnreadSuppressions extends Migration {
  override up(): void {
    this.addSql(
      `CREATE INDEX import_suppressions_unread ON import (tenant_id) WHERE kind = 'suppressions' AND state IN ('queued', 'reading')`,
    );
  }
}
