import { Migration } from '@mikro-orm/migrations';

/**
 * A process that PostgreSQL cannot hear may have its opt-out journal vouched for by another one of its disk.
 *
 * Not in the row of that process: a report of its own that was cut off keeps that row locked for seconds.
 *
 * An instance that is sealed knows which cluster and timeline it was then: restored while it is sealed, it is another.
 */
export class JournalVouches extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE journal_vouch (
        process_id uuid PRIMARY KEY REFERENCES process ON DELETE CASCADE,
        vouched_at timestamptz NOT NULL)`);
    this.addSql(`ALTER TABLE instance ADD COLUMN sealed_as text`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON journal_vouch TO bonheure_app`);
  }
}
