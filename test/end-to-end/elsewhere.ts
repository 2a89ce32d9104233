import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort, isTaken } from '../../src/main/embedded/free-port.ts';
import {
  startLeashed,
  type Leashed,
  plainEnvironment,
  unprivileged,
} from '../../src/main/embedded/leashed.ts';
import { postgresPrograms } from '../../src/main/embedded/postgres.ts';
import { temporalProgram } from '../../src/main/embedded/temporal.ts';
import { until } from '../support/instance.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The code blocks of the production guide, by language, in their order. */
export async function stepsOf(language: string): Promise<string[]> {
  const guide = await readFile(path.join(root, 'docs/operating/production.md'), 'utf8');
  return [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, of, code = '']) =>
    of === language ? [code] : [],
  );
}

/** A PostgreSQL that is reached by TLS and password only, as one on another host. */
export interface ElsewherePostgres {
  readonly url: (role: string, password: string, database: string) => string;
  readonly query: (statements: string) => Promise<void>;
  readonly stop: () => Promise<unknown>;
}

const SUPERUSER = 'of-the-superuser';

/** Makes a certificate for `localhost`; answers the file of its authority. */
async function certify(folder: string): Promise<string> {
  const [key, certificate] = [path.join(folder, 'server.key'), path.join(folder, 'server.crt')];
  await run('openssl', [
    ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'.split(
      ' ',
    ),
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  await chmod(key, 0o600);
  return certificate;
}

/** Starts a PostgreSQL of its own, without any role of ours. */
export async function postgresElsewhere(folder: string): Promise<ElsewherePostgres> {
  const as = await unprivileged();
  const programs = await postgresPrograms(as);
  const data = path.join(folder, 'database');
  const port = await freePort();
  await mkdir(data, { mode: 0o700 });
  await chmod(folder, 0o755);
  const password = path.join(folder, 'superuser');
  await writeFile(password, SUPERUSER);
  if (as !== undefined) for (const one of [data, password]) await chown(one, as.uid, as.gid);
  const locale = '-E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync'.split(' ');
  await run(
    path.join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${password}`, ...locale],
    { ...as, cwd: data, env: plainEnvironment() },
  );
  const authority = await certify(data);
  if (as !== undefined)
    for (const name of ['server.key', 'server.crt']) await chown(path.join(data, name), as.uid, as.gid);
  const readable = path.join(folder, 'db-ca.pem');
  await cp(authority, readable);
  await writeFile(path.join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  const log = await open(path.join(folder, 'postgres.log'), 'a');
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    ssl: 'on',
    fsync: 'off',
  };
  const server = await startLeashed({
    command: path.join(programs, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    farewell: 'INT',
    env: plainEnvironment(),
    cwd: data,
    ...(as === undefined ? {} : { as }),
    output: log.fd,
  });
  await log.close();
  const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(readable)}`;
  const url: ElsewherePostgres['url'] = (role, secret, database) =>
    `postgresql://${role}:${secret}@localhost:${port}/${database}?${tls}`;
  const query = async (statements: string): Promise<void> => {
    const client = new Client({ connectionString: url('postgres', SUPERUSER, 'postgres') });
    await client.connect();
    try {
      // One at a time: a database is not made within a transaction.
      for (const one of statements.split(';').filter((text) => text.trim() !== '')) await client.query(one);
    } finally {
      await client.end();
    }
  };
  await until(
    () =>
      query('SELECT 1').then(
        () => 'answers',
        (cause: unknown) => String(cause),
      ),
    (said) => said === 'answers',
  );
  return { url, query, stop: () => server.stop('SIGINT', 8_000) };
}

/** Starts a Temporal of its own, with nothing of ours but the namespace and the two settings of the guide. */
export async function temporalElsewhere(
  folder: string,
  namespace: string,
): Promise<{ readonly address: string; readonly stop: () => Promise<unknown> }> {
  const [program, port] = [await temporalProgram(), await freePort()];
  const log = await open(path.join(folder, 'temporal.log'), 'a');
  const server: Leashed = await startLeashed({
    command: program,
    args: [
      ...`server start-dev --headless --ip 127.0.0.1 --port ${port} --namespace ${namespace} --log-level error`.split(
        ' ',
      ),
      '--dynamic-config-value',
      'matching.enableFairness=true',
      '--dynamic-config-value',
      'system.enableActivityEagerExecution=false',
    ],
    farewell: 'KILL',
    env: plainEnvironment(),
    output: log.fd,
  });
  await log.close();
  await until(
    () => isTaken(port),
    (answers) => answers,
  );
  return { address: `127.0.0.1:${port}`, stop: () => server.stop('SIGTERM', 2_000) };
}

/** A process started as the guide says, by npm, in a group of its own. */
export interface Started {
  readonly said: () => string;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
}

function isGone(group: number): boolean {
  try {
    process.kill(group, 0);
    return false;
  } catch {
    return true;
  }
}

/** Runs `npm run <script>` with that environment and nothing of ours besides. */
export function npmRun(
  script: string,
  env: Readonly<Record<string, string>>,
): Started & { readonly ended: Promise<number | null> } {
  const said: string[] = [];
  const child: ChildProcess = spawn('npm', ['run', '--silent', script], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout?.on('data', (text: Buffer) => said.push(text.toString()));
  child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
  const ended = once(child, 'exit').then(() => child.exitCode);
  return {
    said: () => said.join(''),
    ended,
    kill: async (signal) => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const group = -child.pid;
      process.kill(group, signal);
      await ended;
      // npm ends before what it started.
      await until(async () => isGone(group), Boolean, 20_000);
    },
  };
}
