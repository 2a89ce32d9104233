import { Migration } from '@mikro-orm/migrations';

/** What answers taught of limits that operators never told. */
export class LearnedLimit extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE gateway_account
        ADD COLUMN learned_base int CHECK (learned_base >= 1),
        ADD COLUMN learned_since timestamptz,
        ADD COLUMN learned_hits int,
        ADD CHECK (num_nulls(learned_base, learned_since, learned_hits) IN (0, 3))`);
  }
}
