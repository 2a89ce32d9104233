import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Client } from 'pg';
import { expect, inject } from 'vitest';
import { socketUrl } from '../../src/main/embedded/postgres.ts';
import { openDatabase, type Database } from '../../src/platform/database/connection.ts';
import { afterFile } from './after-file.ts';
import { CLONING } from './costs.ts';
import { TEMPLATE } from './kept.ts';

/** A migrated database that belongs to one test file. */
export interface TestDatabase {
  readonly name: string;
  /** Owner of the tables: migrations and nothing else. */
  readonly ownerUrl: string;
  /** What api and worker use: owns nothing, bypasses no policy. */
  readonly appUrl: string;
  /** Sees every tenant: for looking, from the outside. */
  readonly superUrl: string;
}

function nameFor(testPath: string | undefined): string {
  const file = path.basename(testPath ?? 'unknown', '.test.ts').replaceAll(/[^a-z0-9]+/gi, '_');
  return `t_${file.toLowerCase().slice(0, 40)}_${randomBytes(4).toString('hex')}`;
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgres').superUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const made: string[] = [];

/** Drops the databases of a file that ended; those of one that failed are kept and named. */
export async function dropDatabases(isFailed: boolean): Promise<void> {
  const names = made.splice(0);
  if (isFailed) process.stdout.write(names.map((name) => `\nKept for a look: database ${name}\n`).join(''));
  else await Promise.all(names.map((name) => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
}

/** Clones the migrated template for this file; dropped when all passed, kept and named otherwise. */
export async function aDatabase(): Promise<TestDatabase> {
  const name = nameFor(expect.getState().testPath);
  const { socketFolder } = inject('postgres');
  const url = (role: string): string => socketUrl(socketFolder, role, name);
  const began = performance.now();
  // Files are copied: a third of what it takes to write each page to the log.
  await administer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER bonheure STRATEGY FILE_COPY`);
  performance.measure(CLONING, { start: began });
  made.push(name);
  return { name, ownerUrl: url('bonheure'), appUrl: url('bonheure_app'), superUrl: url('postgres') };
}

/** Opens a pool on a database, which is closed with the file. */
export async function anOpenDatabase(settings: Parameters<typeof openDatabase>[0]): Promise<Database> {
  const database = await openDatabase(settings);
  afterFile(() => database.close());
  return database;
}

/** A database that belongs to one test file, and the application's pool on it until the file is over. */
export async function openBase(): Promise<{ readonly test: TestDatabase; readonly database: Database }> {
  const test = await aDatabase();
  return { test, database: await anOpenDatabase({ url: test.appUrl, connections: 6, name: 'test' }) };
}

/** Connects to a database beside any pool, until the file is over. */
export async function aClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  afterFile(() => client.end());
  return client;
}
