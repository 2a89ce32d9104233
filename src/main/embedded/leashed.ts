import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { userInfo, devNull } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '../../base/index.ts';
import type { Config } from '../../settings/index.ts';

const run = promisify(execFile);

export type OperatingIdentity = NonNullable<Awaited<ReturnType<typeof unprivileged>>>;

async function numberOf(flag: '-u' | '-g'): Promise<number> {
  return Number((await run('id', [flag, 'postgres'])).stdout);
}

async function ensureUser(): Promise<void> {
  try {
    await run('id', ['postgres']);
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  }
}

/** Returns the user as whom PostgreSQL must run when we are root; undefined when it runs as ourselves. */
export async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    await ensureUser();
    return { uid: await numberOf('-u'), gid: await numberOf('-g') };
  } catch (cause) {
    throw new CannotStart(
      'PostgreSQL refuses to run as root and the user "postgres" could not be made: make it with `useradd --system postgres`, or start as another user.',
      { cause },
    );
  }
}

export function ownName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new CannotStart(
      `The user id ${process.getuid?.() ?? '?'} has no name on this machine, and PostgreSQL needs one: add it to /etc/passwd.`,
      { cause },
    );
  }
}

/** What the supervisor has decided for its child processes: ports, addresses and the admin key. */
export interface SettledConfig {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly port: number;
  /** Undefined when the api replaces the public server. */
  readonly publicPort: number | undefined;
  readonly temporalUiPort: number;
  readonly adminKey: string;
}

// Keys of callers, which worker and public server do not need.
const CALLER_KEYS = ['BONHEURE_ADMIN_KEY', 'BONHEURE_INSTANCE_KEY'];
// The address with the owner's password, which only migrations need.
const OWNER_ADDRESS = ['BONHEURE_OWNER_URL'];

function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** Returns the environment of the worker and of the public server: ours without keys, with the settled values. */
export function keylessEnvironment(env: NodeJS.ProcessEnv, settled: SettledConfig): NodeJS.ProcessEnv {
  const { config } = settled;
  return {
    ...without(env, [...CALLER_KEYS, ...OWNER_ADDRESS]),
    PORT: String(settled.port),
    ...(settled.publicPort === undefined ? {} : { PUBLIC_PORT: String(settled.publicPort) }),
    BONHEURE_DATA: config.dataFolder,
    // With compiled code in a cache, a process that is started again works in half the time.
    NODE_COMPILE_CACHE: path.join(config.dataFolder, 'cache', 'code'),
    DATABASE_URL: settled.databaseUrl,
    TEMPORAL_ADDRESS: settled.temporalAddress,
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    BONHEURE_CODEC: config.codec,
    BONHEURE_TEMPORAL_UI_PORT: String(settled.temporalUiPort),
    // An embedded database belongs to this instance alone, so the law clock may move while every account is fake.
    ...(config.databaseUrl === undefined ? { BONHEURE_LAW_CLOCK: 'movable' } : {}),
  };
}

/** Returns the environment of the api: the same, with the keys of callers. */
export function apiEnvironment(env: NodeJS.ProcessEnv, settled: SettledConfig): NodeJS.ProcessEnv {
  return {
    ...without(env, OWNER_ADDRESS),
    ...keylessEnvironment(env, settled),
    BONHEURE_ADMIN_KEY: settled.adminKey,
  };
}

/** Returns the environment of an embedded server, which has no setting of ours and so no secret. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: process.env['TMPDIR'],
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
}

/** How a child ended: its exit code, or the signal that killed it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command with its user and folder, and the signal it gets when this process dies. */
interface Leash {
  readonly command: string;
  readonly args: readonly string[];
  readonly farewell: 'INT' | 'TERM' | 'KILL';
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly as?: OperatingIdentity;
  /** File descriptor for the child's output; nothing is buffered. */
  readonly output: number;
  /** Called with each report of the child; without it no channel to the child is opened. */
  readonly onReport?: (report: unknown) => void;
}

/** A running child that cannot outlive this process. */
export type Leashed = Awaited<ReturnType<typeof startLeashed>>;

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((place) => existsSync(place));

/**
 * Wraps a command so that the kernel ends it when this process dies, and that it runs as another user if `as` is
 * given.
 */
export function leash(
  order: Pick<Leash, 'command' | 'args' | 'farewell' | 'as'>,
): Pick<Leash, 'command' | 'args'> {
  // Without util-linux, as on macOS, a child only stops with an orderly end of ours; the next start ends orphans.
  if (SETPRIV === undefined) return { command: order.command, args: order.args };
  const identity =
    order.as === undefined ? [] : [`--reuid=${order.as.uid}`, `--regid=${order.as.gid}`, '--clear-groups'];
  // The kernel drops the death signal when the user changes; setpriv sets it after that.
  return {
    command: SETPRIV,
    args: [...identity, '--pdeathsig', order.farewell, '--', order.command, ...order.args],
  };
}

/** Starts a program that the kernel ends when this process dies. */
export async function startLeashed(order: Leash) {
  const { command, args } = leash(order);
  const child = spawn(command, [...args], {
    stdio: ['ignore', order.output, order.output, ...(order.onReport === undefined ? [] : ['ipc' as const])],
    env: order.env,
    cwd: order.cwd,
    // In a process group of its own, so that Ctrl-C reaches only us, and we stop the others in order.
    detached: true,
  });
  const ended = new Promise<ChildExit>((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  if (order.onReport !== undefined) child.on('message', order.onReport);
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    ended,
    hasEnded: (): boolean => child.exitCode !== null || child.signalCode !== null,
    /** Sends the signal, and SIGKILL when the child still runs afterwards. */
    stop: async (signal: NodeJS.Signals, patienceMs: number): Promise<ChildExit> => {
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const ending = await ended;
      clearTimeout(late);
      return ending;
    },
  };
}

/** Starts a program whose output is appended to a log. */
export async function startLogged(log: string, order: Omit<Leash, 'output'>): Promise<Leashed> {
  const output = await openLogFile(log);
  try {
    return await startLeashed({ ...order, output: output.fd });
  } finally {
    await output.close();
  }
}

// With one older file this bounds a log, so that a program that fails in a loop cannot fill the disk.
const LARGEST_BYTES = 20 * 1024 * 1024;

/** Errors of a disk that is full, read-only or broken. */
const DISK_ERRORS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

/**
 * Opens a log to append to; a large one is renamed first. A disk that takes no new file does not prevent a restart: the
 * large one then grows, or there is no log.
 */
export async function openLogFile(file: string): Promise<FileHandle> {
  const older = `${file}.1`;
  let isAside = false;
  try {
    if (await isLarge(file)) {
      await rename(file, older);
      isAside = true;
    }
    return await opened(file);
  } catch (cause) {
    // Failing system calls throw an ErrnoException; other errors have none of these codes.
    if (!DISK_ERRORS.has((cause as NodeJS.ErrnoException).code)) throw cause;
    if (isAside) await rename(older, file).catch(() => undefined);
    return opened(file).catch(() => open(devNull, 'a'));
  }
}

const opened = (file: string): Promise<FileHandle> => open(file, 'a', 0o600);

async function isLarge(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && found.size > LARGEST_BYTES;
}
