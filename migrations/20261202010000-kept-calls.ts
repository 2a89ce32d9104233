import { Migration } from '@mikro-orm/migrations';

/** Every call of an operator is kept as it came until it was read, whatever wire it came on. */
export class KeptCalls extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE unread_delivery
        ADD COLUMN wire text NOT NULL DEFAULT 'smpp' CHECK (wire IN ('smpp', 'http')),
        ADD COLUMN state text NOT NULL DEFAULT 'unread' CHECK (state IN ('new', 'unread')),
        ADD COLUMN size int NOT NULL DEFAULT 0,
        ADD COLUMN pieces int NOT NULL DEFAULT 1 CHECK (pieces > 0)`);
    this.addSql(`UPDATE unread_delivery SET size = octet_length(sealed)`);
    this.addSql(`CREATE INDEX unread_delivery_size ON unread_delivery (account_id) INCLUDE (size)`);
    this.addSql(`CREATE INDEX unread_delivery_new ON unread_delivery (received_at) WHERE state = 'new'`);
  }
}
