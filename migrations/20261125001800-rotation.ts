import { Migration } from '@mikro-orm/migrations';

/** People who come back are counted by the hour; keys are wrapped and made anew while everything runs. */
export class Rotation extends Migration {
  override up(): void {
    this.returns();
    this.keys();
    this.processes();
  }

  private returns(): void {
    this.addSql(
      `CREATE INDEX audit_entry_return ON audit_entry (tenant_id, id) WHERE action = 'consent.reinstated'`,
    );
    this.addSql(`ALTER TABLE instance ADD COLUMN returns_last_hour int NOT NULL DEFAULT 0`);
  }

  private keys(): void {
    // A version is in force once every process that runs has read it: nobody meets what it cannot open.
    for (const table of ['data_key', 'instance_key'])
      this.addSql(`ALTER TABLE ${table} ADD COLUMN in_force boolean NOT NULL DEFAULT true`);
    this.addSql(`GRANT UPDATE (wrapped, in_force) ON data_key, instance_key TO bonheure_app`);
    for (const table of ['acknowledgement', 'import_slice', 'rejected_row'])
      this.addSql(`GRANT UPDATE (sealed) ON ${table} TO bonheure_app`);
    this.addSql(`CREATE INDEX contact_key_version ON contact_key (tenant_id, key_version)`);
    this.addSql(`
      ALTER TABLE instance
        ADD COLUMN keys_revision bigint NOT NULL DEFAULT 0,
        ADD COLUMN keys_settled bigint NOT NULL DEFAULT 0,
        ADD COLUMN rows_resealed bigint NOT NULL DEFAULT 0`);
  }

  private processes(): void {
    this.addSql(`
      ALTER TABLE process
        ADD COLUMN ring_current int NOT NULL DEFAULT 0,
        ADD COLUMN ring_versions text[] NOT NULL DEFAULT '{}',
        ADD COLUMN keys_revision bigint NOT NULL DEFAULT 0`);
  }
}
