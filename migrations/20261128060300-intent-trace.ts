import { Migration } from '@mikro-orm/migrations';

/** A trace crosses the outbox: the request that wrote an intent is the parent of what comes of it. */
export class IntentTrace extends Migration {
  override up(): void {
    this.addSql(
      `ALTER TABLE intent ADD COLUMN trace text CHECK (trace ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$')`,
    );
  }
}
