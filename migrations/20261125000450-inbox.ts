import { Migration } from '@mikro-orm/migrations';

/** What comes in from operators and people, kept before it is understood. */
export class Inbox extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE receipt (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        digest bytea NOT NULL,
        sealed bytea NOT NULL,
        received_at timestamptz NOT NULL,
        matched_at timestamptz,
        tries int NOT NULL DEFAULT 0,
        next_try_at timestamptz NOT NULL,
        UNIQUE (account_id, digest))`);
    this.addSql(`CREATE INDEX receipt_unmatched ON receipt (next_try_at) WHERE matched_at IS NULL`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON receipt TO bonheure_app`);
    this.addSql(`
      CREATE TABLE inbound (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        digest bytea NOT NULL,
        sealed bytea NOT NULL,
        reading text NOT NULL,
        received_at timestamptz NOT NULL,
        effective_at timestamptz,
        settled_at timestamptz,
        simulated boolean NOT NULL DEFAULT false,
        UNIQUE (account_id, digest))`);
    this.addSql(`CREATE INDEX inbound_unsettled ON inbound (received_at) WHERE settled_at IS NULL`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON inbound TO bonheure_app`);
    this.addSql(`
      CREATE TABLE reply (
        inbound_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        contact_id uuid,
        account_id uuid NOT NULL,
        reading text NOT NULL,
        unclear boolean NOT NULL,
        batch_id uuid,
        seq int,
        sealed bytea NOT NULL,
        received_at timestamptz NOT NULL,
        decided_at timestamptz,
        decision text,
        PRIMARY KEY (tenant_id, inbound_id),
        CHECK ((decided_at IS NULL) = (decision IS NULL)))`);
    this.addSql(`SELECT protect('reply', 'SELECT, INSERT, UPDATE, DELETE')`);
  }
}
