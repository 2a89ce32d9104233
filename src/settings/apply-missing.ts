import { missingMigrations } from './missing-migrations.ts';

/** Applies the migrations that a database lacks, and returns their names; the ORM is loaded only where there are any. The url is the owner's. */
export async function applyMissing(ownerUrl: string): Promise<readonly string[]> {
  if ((await missingMigrations(ownerUrl)).length === 0) return [];
  const { migrate } = await import('./migrate.ts');
  return migrate(ownerUrl);
}
