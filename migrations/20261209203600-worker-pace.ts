import { Migration } from '@mikro-orm/migrations';

/** How fast each worker reaches PostgreSQL, and what it serves: one that is much slower than another leaves its work to it. */
export class WorkerPace extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE process ADD COLUMN round_trip_ms float8, ADD COLUMN queues text[] NOT NULL DEFAULT '{}',
        ADD COLUMN paced_at timestamptz`);
  }
}
