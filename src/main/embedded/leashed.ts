import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { devNull } from 'node:os';
import type { OperatingIdentity } from './unprivileged.ts';

/** The end of a child: its exit code, or the signal that killed it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command line that the kernel ends when this process dies. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** A command with its user and folder, and the signal it gets when this process dies. */
export interface Leash extends Command {
  readonly farewell: 'INT' | 'TERM' | 'KILL';
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly as?: OperatingIdentity;
  /** File descriptor for the child's output; nothing is buffered. */
  readonly output: number;
  /** Called with each report of a child of ours; no channel is opened when absent. */
  readonly onReport?: (report: unknown) => void;
}

/** A running child that cannot outlive this process. */
export interface Leashed {
  readonly pid: number;
  readonly ended: Promise<ChildExit>;
  readonly hasEnded: () => boolean;
  /** Sends the signal, and SIGKILL when the child still runs afterwards. */
  readonly stop: (signal: NodeJS.Signals, patienceMs: number) => Promise<ChildExit>;
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((place) => existsSync(place));

/** Ties a command to our life, and runs it as another user when asked. */
export function leash(order: Command & Pick<Leash, 'farewell' | 'as'>): Command {
  // Without util-linux (macOS) a child is only stopped by an orderly end; the next start finds the orphan.
  if (SETPRIV === undefined) return { command: order.command, args: order.args };
  const identity =
    order.as === undefined ? [] : [`--reuid=${order.as.uid}`, `--regid=${order.as.gid}`, '--clear-groups'];
  // The kernel forgets the death signal when the identity changes: setpriv sets it after that.
  return {
    command: SETPRIV,
    args: [...identity, '--pdeathsig', order.farewell, '--', order.command, ...order.args],
  };
}

async function stopped(
  child: ChildProcess,
  ended: Promise<ChildExit>,
  patienceMs: number,
): Promise<ChildExit> {
  const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const ending = await ended;
  clearTimeout(late);
  return ending;
}

/** Starts a program that the kernel ends when this process dies. */
export async function startLeashed(order: Leash): Promise<Leashed> {
  const { command, args } = leash(order);
  const child = spawn(command, [...args], {
    stdio: ['ignore', order.output, order.output, ...(order.onReport === undefined ? [] : ['ipc' as const])],
    env: order.env,
    cwd: order.cwd,
    // A group of its own: Ctrl-C reaches us alone, and we stop the others in order.
    detached: true,
  });
  const ended = new Promise<ChildExit>((done) => {
    child.once('exit', (code, signal) => {
      done({ code, signal });
    });
  });
  if (order.onReport !== undefined) child.on('message', order.onReport);
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    stop: (signal, patienceMs) => {
      child.kill(signal);
      return stopped(child, ended, patienceMs);
    },
  };
}

// One older file is kept beside: a program that fails in a loop cannot fill the disk with its restarts.
const LARGEST_BYTES = 20 * 1024 * 1024;

/** Errors of a disk that is full, read-only or broken. */
const DISK_ERRORS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

/**
 * Opens a log to append to, setting a large one aside first. A disk that takes no new file does not prevent a
 * restart: the large one grows then, or there is no log.
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
    // A failing system call throws an ErrnoException; anything else has no such code.
    if (!DISK_ERRORS.has((cause as NodeJS.ErrnoException).code)) throw cause;
    if (isAside) await rename(older, file).catch(() => undefined);
    return opened(file).catch(() => open(devNull, 'a'));
  }
}

const opened = (file: string): Promise<FileHandle> => open(file, 'a', 0o600);

async function isLarge(file: string): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return size > LARGEST_BYTES;
}
