import type { Database } from '../../../src/platform/database/connection.ts';
import { aDatabase, type TestDatabase } from '../../support/database.ts';
import { open } from './shop.ts';
import { afterFile } from '../../support/after-file.ts';

/** A database that belongs to one test file, and the application's pool on it until the file is over. */
export async function openBase(): Promise<{ readonly test: TestDatabase; readonly database: Database }> {
  const test = await aDatabase();
  const database = await open(test);
  afterFile(() => database.close());
  return { test, database };
}
