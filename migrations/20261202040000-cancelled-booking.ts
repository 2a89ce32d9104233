import { Migration } from '@mikro-orm/migrations';

/** A booking whose cancellation arrived before the booking itself is still not made. */
export class CancelledBooking extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE cancelled_booking (
        tenant_id uuid NOT NULL,
        kind text NOT NULL,
        source text NOT NULL,
        external_index bytea NOT NULL,
        source_revision bigint,
        cancelled_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, kind, source, external_index))`);
    // A stretch of an index that moves to another key finds its rows by this.
    this.addSql(`CREATE INDEX cancelled_booking_stretch ON cancelled_booking (tenant_id, external_index)`);
    this.addSql(`CREATE INDEX cancelled_booking_age ON cancelled_booking (tenant_id, cancelled_at)`);
    this.addSql(`SELECT protect('cancelled_booking', 'SELECT, INSERT, UPDATE, DELETE')`);
  }
}
