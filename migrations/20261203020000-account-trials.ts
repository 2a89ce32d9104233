import { Migration } from '@mikro-orm/migrations';

/**
 * Trials of accounts, and the calls that came meanwhile.
 *
 * A call is copied as it is kept, sealed, under the same id: whoever hears it waits for nothing else.
 */
export class AccountTrials extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE account_trial (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        started_at timestamptz NOT NULL,
        listens_until timestamptz NOT NULL,
        texts int NOT NULL DEFAULT 0 CHECK (texts BETWEEN 0 AND 2),
        mis_signed int NOT NULL DEFAULT 0,
        findings jsonb,
        ended_at timestamptz)`);
    this.addSql(`CREATE INDEX account_trial_account ON account_trial (account_id, started_at)`);
    this.addSql(
      `CREATE UNIQUE INDEX account_trial_open ON account_trial (account_id) WHERE ended_at IS NULL`,
    );
    this.addSql(`
      CREATE TABLE account_trial_call (
        id uuid PRIMARY KEY,
        trial_id uuid NOT NULL REFERENCES account_trial (id) ON DELETE CASCADE,
        sealed bytea NOT NULL,
        received_at timestamptz NOT NULL)`);
    this.addSql(`CREATE INDEX account_trial_call_trial ON account_trial_call (trial_id)`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON account_trial, account_trial_call TO bonheure_app`);
    this.addSql(`
      CREATE FUNCTION copy_call_to_trial() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO account_trial_call (id, trial_id, sealed, received_at)
          SELECT NEW.id, t.id, NEW.sealed, NEW.received_at FROM account_trial t
           WHERE t.account_id = NEW.account_id AND t.ended_at IS NULL AND t.listens_until > NEW.received_at
             AND (SELECT count(*) FROM account_trial_call c WHERE c.trial_id = t.id) < 200
          ON CONFLICT DO NOTHING;
          RETURN NULL;
        END $$`);
    this.addSql(`
      CREATE TRIGGER unread_delivery_trial AFTER INSERT ON unread_delivery
        FOR EACH ROW WHEN (NEW.wire = 'http') EXECUTE FUNCTION copy_call_to_trial()`);
  }
}
