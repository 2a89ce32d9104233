import { Migration } from '@mikro-orm/migrations';

/** Whoever writes START after leaving is told once how to come back. */
export class StartAnswers extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE acknowledgement DROP CONSTRAINT acknowledgement_kind_check,
        ADD CONSTRAINT acknowledgement_kind_check CHECK (kind IN ('stop', 'contact', 'confirmation', 'start'))`);
  }
}
