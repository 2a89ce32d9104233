import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PartName } from './kept-running.ts';

/** The content of run.json about a running instance; it holds no secret. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  /** Null where the api replaces the public server. */
  readonly publicUrl: string | null;
  readonly processes: readonly { readonly name: PartName; readonly pid: number }[];
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Null when Temporal is not embedded. */
  readonly temporalDatabase: string | null;
  /** Null when PostgreSQL is not embedded. */
  readonly postgresData: string | null;
  readonly logs: string;
}

function place(dataFolder: string): string {
  return path.join(dataFolder, 'run.json');
}

/** Replaces run.json whole: a reader never sees half of it. */
export async function writeRunFile(dataFolder: string, content: RunFile): Promise<void> {
  const draft = `${place(dataFolder)}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, place(dataFolder));
}

/** Removes run.json: nothing runs here any more. */
export async function removeRunFile(dataFolder: string): Promise<void> {
  await rm(place(dataFolder), { force: true });
}
