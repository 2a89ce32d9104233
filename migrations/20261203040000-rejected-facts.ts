import { Migration } from '@mikro-orm/migrations';

/** What a row was given back for, so that its sentence is told in the language of whoever reads it. */
export class RejectedFacts extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE rejected_row ADD COLUMN facts jsonb`);
  }
}
