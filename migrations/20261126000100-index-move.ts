import { Migration } from '@mikro-orm/migrations';

/** Blind indexes are carried to another key while everything runs, a stretch of numbers at a time. */
export class IndexMove extends Migration {
  override up(): void {
    this.progress();
    this.indexes();
  }

  private progress(): void {
    // Whatever index is not greater was carried to this key already, wherever it stands.
    this.addSql(`
      ALTER TABLE data_key ADD COLUMN reached bytea NOT NULL DEFAULT '',
        ADD CONSTRAINT reached_is_of_an_index CHECK (reached = '' OR purpose = 'index' AND NOT in_force)`);
    this.addSql(`GRANT UPDATE (reached) ON data_key TO bonheure_app`);
    this.addSql(`ALTER TABLE instance ADD COLUMN index_moving boolean NOT NULL DEFAULT false`);
    this.addSql(`GRANT UPDATE (phone_index) ON acknowledgement TO bonheure_app`);
    this.addSql(`GRANT UPDATE (recipient) ON acceptance TO bonheure_app`);
  }

  /** Every number of a stretch is found by its index, whatever became of the row. */
  private indexes(): void {
    for (const [table, column, among] of [
      ['contact', 'phone_index', ''],
      ['suppression', 'phone_index', ''],
      ['acknowledgement', 'phone_index', ''],
      ['erasure', 'phone_index', 'WHERE phone_index IS NOT NULL'],
      ['acceptance', 'recipient', `WHERE recipient <> ''`],
      ['reminder_series', 'external_index', ''],
    ] as const)
      this.addSql(`CREATE INDEX ${table}_stretch ON ${table} (tenant_id, ${column}) ${among}`);
  }
}
