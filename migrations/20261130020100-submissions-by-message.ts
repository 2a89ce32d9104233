import { Migration } from '@mikro-orm/migrations';

/** A submission is found by its id alone, which its messages carry: each call wrote an entry that hardly anybody read. */
export class SubmissionsByMessage extends Migration {
  override up(): void {
    this.addSql(`DROP INDEX submission_batch`);
  }
}
