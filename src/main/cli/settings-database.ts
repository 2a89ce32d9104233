import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Config, CannotStart } from '../../platform/index.ts';

/** Returns the database URL of the settings, else of the instance which runs in this folder. */
export function databaseUrlOf({
  databaseUrl,
  dataFolder,
}: Pick<Config, 'databaseUrl' | 'dataFolder'>): string {
  const runFile = path.join(dataFolder, 'run.json');
  if (databaseUrl !== undefined) return databaseUrl;
  if (!existsSync(runFile))
    throw new CannotStart(
      'No database: give DATABASE_URL, or run npm start in this folder (BONHEURE_DATA) first.',
    );
  return z.looseObject({ databaseUrl: z.string() }).parse(JSON.parse(readFileSync(runFile, 'utf8')))
    .databaseUrl;
}
