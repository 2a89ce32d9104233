import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { folderTrouble } from './folder.ts';
import { plainEnvironment } from './environment.ts';
import { type OperatingIdentity, ownName } from './unprivileged.ts';

const run = promisify(execFile);

// The database roles that the person who starts may take, without a password.
const ROLES = ['postgres', 'bonheure', 'bonheure_app'] as const;

/** A role of the embedded database. */
export type DatabaseRole = (typeof ROLES)[number];

/** A data folder, and the path by which the server itself may name it. */
export interface ClusterFolder {
  readonly folder: string;
  readonly seenByServer: string;
}

async function reaches(folder: string, as: OperatingIdentity): Promise<boolean> {
  return run('test', ['-x', folder], { ...as, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

// Root may keep its data under a closed home that the user postgres cannot walk through. The working directory is
// entered before the identity changes, and this link leads back to it without walking.
async function pathForServer(folder: string, as: OperatingIdentity | undefined): Promise<string> {
  if (as === undefined || (await reaches(folder, as))) return folder;
  return '/proc/self/cwd';
}

async function make(folder: string, as: OperatingIdentity | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (as !== undefined) await chown(folder, as.uid, as.gid);
}

/** The inputs for creating a database cluster. */
export interface ClusterPlan {
  readonly folder: string;
  readonly programs: string;
  readonly as: OperatingIdentity | undefined;
  readonly durable: boolean;
}

// Made beside and then renamed: a start killed half-way leaves nothing that looks finished.
async function initialise(plan: ClusterPlan): Promise<void> {
  const draft = `${plan.folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await make(draft, plan.as);
  const seen = await pathForServer(draft, plan.as);
  const flags =
    '-U postgres -A peer -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions';
  const sync = plan.durable ? [] : ['--no-sync'];
  await run(path.join(plan.programs, 'initdb'), ['-D', seen, ...flags.split(' '), ...sync], {
    ...plan.as,
    cwd: draft,
    env: plainEnvironment(),
  });
  await rename(draft, plan.folder);
}

async function writeAccess(folder: string): Promise<void> {
  const user = ownName();
  const map = ROLES.map((role) => `bonheure "${user}" ${role}\n`).join('');
  await writeFile(path.join(folder, 'pg_hba.conf'), 'local all all peer map=bonheure\n');
  await writeFile(path.join(folder, 'pg_ident.conf'), map);
}

/** Makes the cluster when there is none, and restricts it to us. */
export async function readyFolder(plan: ClusterPlan): Promise<ClusterFolder> {
  try {
    await mkdir(path.dirname(plan.folder), { recursive: true });
    if (!existsSync(path.join(plan.folder, 'PG_VERSION'))) await initialise(plan);
    // A folder made by another user is taken over when we are root.
    if (plan.as !== undefined) await run('chown', ['-R', `${plan.as.uid}:${plan.as.gid}`, plan.folder]);
    await writeAccess(plan.folder);
  } catch (cause) {
    throw folderTrouble(plan.folder, cause);
  }
  return { folder: plan.folder, seenByServer: await pathForServer(plan.folder, plan.as) };
}
