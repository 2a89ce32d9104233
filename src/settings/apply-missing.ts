import { missingMigrations } from './missing-migrations.ts';

/**
 * Applies the migrations that a database lacks, as its owner, and returns their names; loads the ORM only when there
 * are any.
 */
export async function applyMissing(ownerUrl: string): Promise<readonly string[]> {
  if ((await missingMigrations(ownerUrl)).length === 0) return [];
  const { migrate } = await import('./migrate.ts');
  return migrate(ownerUrl);
}
