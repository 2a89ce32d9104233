import { Migration } from '@mikro-orm/migrations';

/**
 * How far the people of a tenant that serves health were rid of what tells why they come.
 *
 * What earlier versions kept of it is sealed: the worker opens it, cuts it out and seals the rest anew.
 */
export class ReasonsCut extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE tenant ADD COLUMN reasons_cut jsonb`);
    this.addSql(`ALTER TABLE consent_proof ADD COLUMN cut_at timestamptz`);
  }
}
