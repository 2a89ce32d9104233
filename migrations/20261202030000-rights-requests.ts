import { Migration } from '@mikro-orm/migrations';

/** What people ask under the RGPD, by which day it is to be answered, and how it was. */
export class RightsRequests extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE rights_request (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        contact_id uuid,
        asks text NOT NULL CHECK (asks IN ('erasure', 'access', 'rectification', 'objection', 'unspecified')),
        matched text NOT NULL,
        words text NOT NULL,
        received_at timestamptz NOT NULL,
        answer_by date NOT NULL,
        erasure_id uuid,
        answered_at timestamptz,
        outcome text CHECK (outcome IN ('done', 'refused', 'not-a-request')),
        actor text,
        sealed_note bytea,
        PRIMARY KEY (tenant_id, id),
        CHECK ((answered_at IS NULL) = (outcome IS NULL)),
        CHECK ((answered_at IS NULL) = (actor IS NULL)))`);
    this.addSql(
      `CREATE INDEX rights_request_open ON rights_request (tenant_id, id) WHERE answered_at IS NULL`,
    );
    this.addSql(`CREATE INDEX rights_request_contact ON rights_request (tenant_id, contact_id)`);
    this.addSql(`SELECT protect('rights_request', 'SELECT, INSERT, UPDATE, DELETE')`);
  }
}
