import { Migration } from '@mikro-orm/migrations';

/** A submission is found by its id alone, which its messages carry: each call wrote an entry that hardly anybody read. */
export class SubmissionsByMessage extends Migration {
  override up(): void {
    // Behind a long reader it would wait, and every mark behind it: rather it fails, and is put in place again.
    this.addSql(`SET LOCAL lock_timeout = '3s'`);
    this.addSql(`DROP INDEX submission_batch`);
    this.addSql(`SET LOCAL lock_timeout = DEFAULT`);
  }
}
