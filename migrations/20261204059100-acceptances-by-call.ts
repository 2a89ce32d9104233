import { Migration } from '@mikro-orm/migrations';

/** What was accepted of a call is asked for by each message that is shown and by each call that a report judges. */
export class AcceptancesByCall extends Migration {
  override up(): void {
    this.addSql(`CREATE INDEX acceptance_submission ON acceptance (submission_id)`);
  }
}
