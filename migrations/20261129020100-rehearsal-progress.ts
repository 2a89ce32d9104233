import { Migration } from '@mikro-orm/migrations';

/** How far a rehearsal is that still runs: of how many people texts were made, and of how many they are to be. */
export class RehearsalProgress extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE rehearsal ADD COLUMN weighed int, ADD COLUMN people int`);
  }
}
