import { Migration } from '@mikro-orm/migrations';

/** When a batch last submitted is what its submissions say; the column said it of none. */
export class LastSubmission extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE batch DROP COLUMN last_submission_at`);
  }
}
