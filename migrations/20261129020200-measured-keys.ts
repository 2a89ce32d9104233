import { Migration } from '@mikro-orm/migrations';

/** The keys of people are read with them, by the same plan. */
export class MeasuredKeys extends Migration {
  override up(): void {
    this.addSql(`GRANT MAINTAIN ON contact_key TO bonheure_app`);
  }
}
