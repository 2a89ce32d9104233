import { Migration } from '@mikro-orm/migrations';

/** What a rehearsal is compared with: the revision that was launched, and what left of it, counted once. */
export class LaunchedRehearsal extends Migration {
  override up(): void {
    // Of a campaign of before nobody knows whether its last rehearsal was of what left: nothing is compared.
    this.addSql(`ALTER TABLE campaign ADD COLUMN launched_revision int`);
    this.addSql(`ALTER TABLE rehearsal ADD COLUMN messages_left int, ADD COLUMN parts_left int`);
  }
}
