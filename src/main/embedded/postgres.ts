import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { CannotStart } from '../../platform/errors.ts';
import { type Ending, type Leashed, startLeashed } from './leashed.ts';
import { openLog } from './log-file.ts';
import { plainEnvironment } from './plain-environment.ts';
import { type ClusterFolder, type Role, readyFolder } from './postgres-folder.ts';
import { endOrphans } from './postgres-orphan.ts';
import { postgresPrograms } from './postgres-program.ts';
import { ensureRoles } from './postgres-role.ts';
import { socketFolder } from './socket-folder.ts';
import { type OperatingIdentity, unprivileged } from './unprivileged.ts';
import { until } from '../../platform/until.ts';

/** Where the cluster lives, and whether a commit must survive a power cut. */
export interface PostgresOptions {
  readonly folder: string;
  readonly durable: boolean;
  readonly log?: string;
}

/** A running PostgreSQL that answers on a socket and nowhere else. */
export interface Postgres {
  readonly pid: number;
  readonly folder: string;
  readonly socketFolder: string;
  readonly url: (role: Role, database: string) => string;
  readonly ended: Promise<Ending>;
  /** Ends it in order; at the latest when this many milliseconds have passed. */
  readonly stop: (patienceMs?: number) => Promise<void>;
}

/**
 * WAL and pages survive a killed process either way; only the durable one survives the machine.
 * A run of tests has some 230 databases, each gone after minutes: autovacuum would visit four of them a second.
 */
const HASTY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  // Its folder may be in memory.
  max_wal_size: '256MB',
  // Nobody's data are there: a deadlock is told with its two statements and the file whose database it was.
  log_error_verbosity: 'default',
  log_line_prefix: '%m [%p] %d ',
  // No commit waits for it.
  wal_writer_delay: '200ms',
  // Several files of tests run at once, and each opens pools of its own.
  max_connections: '300',
};

function settings(durable: boolean): string[] {
  const all = {
    listen_addresses: '',
    port: '5432',
    // The data folder itself: no path to walk, whoever owns its parents.
    unix_socket_directories: '.',
    unix_socket_permissions: '0700',
    max_connections: '200',
    shared_buffers: '256MB',
    // What a merge logs is on its way to the disk before its commit waits for the rest: an import ends a seventh sooner.
    wal_writer_delay: '10ms',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A rejected row or statement may hold personal data: the log gets the error's name only.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(durable ? {} : HASTY),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function complaint(log: string): Promise<CannotStart> {
  const text = await readFile(log, 'utf8').catch(() => '');
  if (text.includes('No space left on device')) {
    return new CannotStart(
      `The disk that holds ${path.dirname(log)} is full: free some space and start again.`,
    );
  }
  const last = text.split('\n').findLast((line) => /FATAL|PANIC/.test(line)) ?? 'it said nothing';
  return new CannotStart(`PostgreSQL did not start: ${last.trim()} (more in ${log}).`);
}

async function launch(
  place: ClusterFolder,
  order: { as: OperatingIdentity | undefined; programs: string; durable: boolean; log: string },
): Promise<Leashed> {
  const output = await openLog(order.log);
  try {
    return await startLeashed({
      command: path.join(order.programs, 'postgres'),
      args: ['-D', place.seenByServer, ...settings(order.durable)],
      farewell: 'INT',
      env: plainEnvironment(),
      cwd: place.folder,
      ...(order.as === undefined ? {} : { as: order.as }),
      output: output.fd,
    });
  } finally {
    await output.close();
  }
}

// A cleaner of the temporary folder may take the short way to a long path.
function keepSocketFolder(folder: string, ended: Promise<Ending>): void {
  const timer = setInterval(() => void socketFolder(folder).catch(() => undefined), 60_000).unref();
  void ended.then(() => {
    clearInterval(timer);
  });
}

/** Writes the address of a database on a socket, as every client reads it. */
export function socketUrl(folder: string, role: string, database: string): string {
  return `postgresql://${role}@${encodeURIComponent(folder)}:5432/${database}`;
}

/** Starts the PostgreSQL that npm installed, over whatever a killed run left. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const folder = path.resolve(options.folder);
  const log = options.log ?? path.join(folder, 'server.log');
  const as = await unprivileged();
  const programs = await postgresPrograms(as);
  const place = await readyFolder({ folder, programs, as, durable: options.durable });
  await endOrphans(folder);
  const sockets = await socketFolder(folder);
  const url = (role: Role, database: string): string => socketUrl(sockets, role, database);
  const server = await launch(place, { as, programs, durable: options.durable, log });
  const stop = async (patienceMs = 8000): Promise<void> => {
    await server.stop('SIGINT', patienceMs);
    if (sockets !== folder) await rm(sockets, { force: true });
  };
  const ready = async (): Promise<boolean> => server.hasEnded() || answers(url('postgres', 'postgres'));
  if (!(await until(ready, 60_000)) || server.hasEnded()) {
    await stop();
    throw await complaint(log);
  }
  await ensureRoles(url('postgres', 'postgres'));
  keepSocketFolder(folder, server.ended);
  return { pid: server.pid, folder, socketFolder: sockets, url, ended: server.ended, stop };
}
