import { Migration } from '@mikro-orm/migrations';

/** What waits to be told to Temporal and to the tenants' own systems. */
export class Conducting extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE intent (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        class smallint NOT NULL CHECK (class BETWEEN 0 AND 3),
        verb text NOT NULL CHECK (verb IN ('start', 'signal', 'signal-with-start')),
        workflow text NOT NULL CHECK (workflow IN ('campaign', 'campaignShard', 'reminderSeries', 'acknowledgements', 'importContacts')),
        workflow_id text NOT NULL CHECK (length(workflow_id) <= 200),
        signal text,
        input jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        not_before timestamptz NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        CHECK ((verb = 'start') = (signal IS NULL)))`);
    this.addSql(`CREATE INDEX intent_due ON intent (class, not_before)`);
    this.addSql(`SELECT protect('intent', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE webhook_endpoint (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        url text NOT NULL,
        events text[] NOT NULL DEFAULT '{}',
        description text,
        sealed_secret bytea NOT NULL,
        created_at timestamptz NOT NULL,
        removed_at timestamptz)`);
    this.addSql(`SELECT protect('webhook_endpoint')`);
    this.addSql(`
      CREATE TABLE webhook_delivery (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        type text NOT NULL,
        sealed_payload bytea NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts int NOT NULL DEFAULT 0,
        at timestamptz NOT NULL,
        next_attempt_at timestamptz,
        CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)))`);
    this.addSql(
      `CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE state = 'pending'`,
    );
    this.addSql(`SELECT protect('webhook_delivery')`);
  }
}
