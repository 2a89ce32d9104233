import { readFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';

/** What is due is taken from each tenant in turn: a tenant with much to do keeps no other waiting. */
export class TurnsOfTenants extends Migration {
  override up(): void {
    this.addSql(readFileSync(new URL('turns-of-tenants.sql', import.meta.url), 'utf8'));
  }
}
