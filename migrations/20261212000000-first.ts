import { readFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';

/** What stands beside this file, in the order in which it is made. */
const PARTS = [
  'first-1-roles.sql',
  'first-2-instance.sql',
  'first-3-company.sql',
  'first-4-people.sql',
  'first-5-forms.sql',
  'first-6-accounts.sql',
  'first-7-sending.sql',
  'first-8-reminders.sql',
  'first-9-functions.sql',
];

/** Everything that stood on 11 December 2026, as the 99 migrations before it made it. */
export class First extends Migration {
  override up(): void {
    // Functions name tables and functions that come after them.
    this.addSql('SET LOCAL check_function_bodies = off');
    for (const part of PARTS) this.addSql(readFileSync(new URL(part, import.meta.url), 'utf8'));
    this.addSql('SET LOCAL check_function_bodies = on');
  }
}
