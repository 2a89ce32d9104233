import { Migration } from '@mikro-orm/migrations';

/** The file of a parked import is read by nobody again: it is no longer kept, as when an import ends. */
export class ParkedFiles extends Migration {
  override up(): void {
    // Of all tenants, once.
    for (const table of ['import', 'import_slice'])
      this.addSql(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    this.addSql(`
      DELETE FROM import_slice s USING import i WHERE i.id = s.import_id AND i.state = 'parked'`);
    for (const table of ['import', 'import_slice'])
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }
}
