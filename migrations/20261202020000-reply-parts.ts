import { Migration } from '@mikro-orm/migrations';

/** Parts of replies that are longer than one message, sealed, until they are heard as one. */
export class ReplyParts extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE reply_part (
        id uuid PRIMARY KEY,
        reply_id uuid NOT NULL,
        account_id uuid NOT NULL,
        message bytea NOT NULL,
        place smallint NOT NULL CHECK (place > 0),
        places smallint NOT NULL CHECK (places >= place),
        digest bytea NOT NULL,
        sealed bytea NOT NULL,
        received_at timestamptz NOT NULL,
        told_at timestamptz,
        UNIQUE (reply_id, place))`);
    this.addSql(`CREATE INDEX ON reply_part (account_id, message)`);
    this.addSql(`CREATE INDEX ON reply_part (received_at)`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON reply_part TO bonheure_app`);
  }
}
