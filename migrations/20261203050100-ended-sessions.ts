import { Migration } from '@mikro-orm/migrations';

/** Whoever leaves ends every session of their key, also one that somebody copied. */
export class EndedSessions extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE api_key ADD COLUMN sessions_ended_at timestamptz`);
  }
}
