import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../src/main/embedded/free-port.ts';
import { type Postgres, startPostgres } from '../../src/main/embedded/postgres.ts';
import { startTemporal } from '../../src/main/embedded/temporal.ts';
import { CannotStart } from '../../src/base/cannot-start.ts';
import { keptBundle } from '../../src/temporal/worker-parts.ts';
import { keptCache, layCluster } from './kept.ts';
import { clearLeftovers, keep, runFolder } from './leftover.ts';

/** What every test file with services is given. */
export interface TestServices {
  postgres: { socketFolder: string; superUrl: string; pid: number };
  temporal: { address: string; namespace: string; pid: number };
  /** A file that holds the bundle of all workflows. */
  bundlePath: string;
}

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- an interface is how vitest is told
  export interface ProvidedContext extends TestServices {}
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function migratedPostgres(folder: string): Promise<Postgres> {
  await layCluster(folder);
  return startPostgres({ folder, durable: false });
}

async function bundle(folder: string): Promise<string> {
  const { code } = await keptBundle(await keptCache());
  const file = path.join(folder, 'workflows.js');
  await writeFile(file, code);
  return file;
}

async function keptIn(postgres: Postgres): Promise<string[]> {
  const sql = `SELECT datname FROM pg_database WHERE datname LIKE 't\\_%' ORDER BY 1`;
  const rows = await query(postgres.url('postgres', 'postgres'), sql).catch(() => []);
  return rows.map((row) => String(row['datname']));
}

/** Says which files saw a deadlock: whoever is ended by it is tried again, but nobody should wait for the other. */
function tellDeadlocks(text: string): void {
  const seen = [
    ...text.matchAll(/ (t_\w+) ERROR: {2}deadlock detected\n.*DETAIL: {2}(?:.*\n)((?:\t.*\n)+)/g),
  ];
  for (const [, name, statements] of seen)
    process.stdout.write(`\n${name}: two transactions waited for each other:\n${statements}`);
}

/** Says which files left something behind that went on asking their database when it was gone. */
function tellWhatLivedOn(text: string): void {
  const asked = [...text.matchAll(/FATAL: {2}database "(t_\w+)" does not exist/g)].map(
    ([, name = '']) => name,
  );
  for (const [name, times] of Map.groupBy(asked, (one) => one))
    process.stdout.write(
      `\n${name} was asked for ${times.length} times after its file was over: close what it began.\n`,
    );
}

async function stopAll(
  starting: readonly (ReturnType<typeof startTemporal> | Promise<Postgres>)[],
): Promise<void> {
  const settled = await Promise.allSettled(starting);
  await Promise.all(
    settled.map(async (one) => {
      if (one.status === 'fulfilled') await one.value.stop();
    }),
  );
}

/** Starts one PostgreSQL and one Temporal for the whole run, or says in a sentence what the run needs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    return await started(project);
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error;
    // The sentence says what to do; a stack would not help.
    process.stderr.write(`\n${error.message}\n`);
    return process.exit(1);
  }
}

async function started(project: TestProject): Promise<() => Promise<void>> {
  await clearLeftovers();
  const folder = await runFolder();
  const cluster = migratedPostgres(path.join(folder, 'pg'));
  const server = freePort().then((port) =>
    startTemporal({
      port,
      namespace: 'test',
      fastClock: true,
      log: path.join(folder, 'temporal.log'),
      tell: (line) => {
        process.stdout.write(`${line}\n`);
      },
    }),
  );
  const stop = async (): Promise<void> => {
    const kept = await cluster.then(keptIn, () => []);
    await stopAll([cluster, server]);
    const log = await readFile(path.join(folder, 'pg', 'server.log'), 'utf8').catch(() => '');
    tellDeadlocks(log);
    tellWhatLivedOn(log);
    if (kept.length === 0) await rm(folder, { recursive: true, force: true });
    else {
      const where = await keep(folder, kept);
      process.stdout.write(`\nTo look at them: npx node test/support/look.ts "${where}/pg"\n`);
    }
  };
  try {
    // All at once: no rejection stays unhandled, and none kills the run before its teardown.
    const [postgres, temporal, bundlePath] = await Promise.all([cluster, server, bundle(folder)]);
    project.provide('postgres', {
      socketFolder: postgres.socketFolder,
      superUrl: postgres.url('postgres', 'postgres'),
      pid: postgres.pid,
    });
    project.provide('temporal', {
      address: temporal.address,
      namespace: temporal.namespace,
      pid: temporal.pid,
    });
    project.provide('bundlePath', bundlePath);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
