import { Migration } from '@mikro-orm/migrations';

/** Batches that try a campaign on a few people, and belong to none of its accounts. */
export class TestSend extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE batch ADD COLUMN test_of uuid, ADD CHECK ((kind = 'test') = (test_of IS NOT NULL))`);
  }
}
