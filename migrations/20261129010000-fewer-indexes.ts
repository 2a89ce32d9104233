import { Migration } from '@mikro-orm/migrations';

/** A newcomer costs two index entries less: a number stands in one index, and a proof is found by its event. */
export class FewerIndexes extends Migration {
  override up(): void {
    // Unique among those who hold a number now; whoever was retired stands in it under their own id.
    this.addSql(`DROP INDEX contact_phone`);
    this.addSql(`DROP INDEX contact_stretch`);
    this.addSql(`
      CREATE UNIQUE INDEX contact_phone
          ON contact (tenant_id, phone_index, (CASE WHEN retired_at IS NOT NULL THEN id END)) NULLS NOT DISTINCT`);
    this.addSql(`DROP INDEX consent_proof_contact`);
  }
}
