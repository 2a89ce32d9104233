import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { CannotStart } from '../../platform/base/index.ts';

const run = promisify(execFile);

/** The numeric ids of a user. */
export interface OperatingIdentity {
  readonly uid: number;
  readonly gid: number;
}

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

/** Returns the user PostgreSQL must run as; undefined when that is ourselves. */
export async function unprivileged(): Promise<OperatingIdentity | undefined> {
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

/** Returns the name of the user that runs this process. */
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
