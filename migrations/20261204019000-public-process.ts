import { Migration } from '@mikro-orm/migrations';

/** The public server tells its figures as well. */
export class PublicProcess extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE process_figures DROP CONSTRAINT process_figures_kind_check`);
    this.addSql(
      `ALTER TABLE process_figures ADD CONSTRAINT process_figures_kind_check CHECK (kind IN ('api', 'public', 'worker'))`,
    );
  }
}
