import { Migration } from '@mikro-orm/migrations';

/** A tenant in shadow decides and counts everything, and sends nothing. */
export class Shadow extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE tenant ADD COLUMN shadow boolean NOT NULL DEFAULT false`);
  }
}
