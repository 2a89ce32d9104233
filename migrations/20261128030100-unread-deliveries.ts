import { Migration } from '@mikro-orm/migrations';

/** What an operator told and nobody could read, as it came: a STOP may be among it. */
export class UnreadDeliveries extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE unread_delivery (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        digest bytea NOT NULL,
        sealed bytea NOT NULL,
        received_at timestamptz NOT NULL,
        times int NOT NULL DEFAULT 1 CHECK (times > 0),
        UNIQUE (account_id, digest))`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON unread_delivery TO bonheure_app`);
  }
}
