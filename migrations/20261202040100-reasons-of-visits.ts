import { Migration } from '@mikro-orm/migrations';

/**
 * In health the rows that files were given back with held every cell, the reason of a visit too.
 *
 * They are sealed: nobody can cut a cell out of them here, so they go; the file is with whoever sent it.
 */
export class ReasonsOfVisits extends Migration {
  override up(): void {
    // Of all tenants, once.
    for (const table of ['rejected_row', 'tenant', 'practice'])
      this.addSql(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    this.addSql(`
      DELETE FROM rejected_row WHERE tenant_id IN (
        SELECT id FROM tenant WHERE sector = 'health' UNION SELECT tenant_id FROM practice WHERE sector = 'health')`);
    for (const table of ['rejected_row', 'tenant', 'practice'])
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }
}
