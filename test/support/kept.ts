import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPostgres } from '../../src/main/embedded/postgres.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The database of a kept cluster that has every migration, for others to be cloned from. */
export const TEMPLATE = 'bonheure';

// A cluster is some 100 MB; one for the branch at hand and one for the branch before.
const KEPT_CLUSTERS = 2;
const STILL_WANTED_MS = 3_600_000;

/** Where runs leave for each other what takes long to make; everything in it may be deleted at any time. */
async function keptFolder(): Promise<string> {
  const folder = path.join(root, 'node_modules', '.cache', 'bonheure-test');
  const usable = await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  if (usable) return folder;
  // The clone belongs to somebody else, or may not be written to: for as long as this machine runs.
  const own = path.join(tmpdir(), `bonheure-kept-${process.getuid?.() ?? 0}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const { uid } = await stat(own);
  if (uid !== process.getuid?.()) throw new Error(`${own} belongs to another user: remove it, or set TMPDIR`);
  return own;
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(path.join(root, folder));
  return names.toSorted().map((name) => path.join(folder, name));
}

/** Everything that a migrated cluster could be made of. */
async function digestOfCluster(): Promise<string> {
  const sources = [
    ...(await filesOf('migrations')),
    ...(await filesOf('src/main/embedded')).filter((name) => path.basename(name).startsWith('postgres')),
    'src/settings/migrate.ts',
    'package-lock.json',
  ];
  const digest = createHash('sha256');
  for (const name of sources)
    digest
      .update(`${name}\0`)
      .update(await readFile(path.join(root, name)))
      .update('\0');
  return digest.digest('hex').slice(0, 16);
}

/** Removes the clusters of other migrations that nobody asked for lately. */
async function forgetOlder(folder: string, wanted: string): Promise<void> {
  const others = (await readdir(folder)).filter((name) => name.startsWith('cluster-') && name !== wanted);
  const dated = await Promise.all(
    others.map(async (name) => {
      const found = await stat(path.join(folder, name)).catch(() => undefined);
      return { name, at: found?.mtimeMs ?? 0 };
    }),
  );
  const doomed = dated
    .toSorted((one, other) => other.at - one.at)
    .slice(KEPT_CLUSTERS - 1)
    .filter(({ at }) => Date.now() - at > STILL_WANTED_MS);
  await Promise.all(doomed.map(({ name }) => rm(path.join(folder, name), { recursive: true, force: true })));
}

/** Makes a migrated cluster beside, then gives it its name: half of one never has it. */
async function makeCluster(kept: string): Promise<void> {
  const draft = `${kept}.${randomUUID().slice(0, 8)}`;
  try {
    const postgres = await startPostgres({ folder: draft, durable: false });
    try {
      const { migrate } = await import('../../src/settings/migrate.ts');
      await migrate(postgres.url('bonheure', TEMPLATE));
    } finally {
      await postgres.stop();
    }
    await rename(draft, kept);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    // Another run was sooner: what it made is what we wanted.
    if (!existsSync(path.join(kept, 'PG_VERSION'))) throw cause;
  }
}

/** Lays a stopped cluster with every migration into the folder; made once for each state of the migrations. */
export async function layCluster(folder: string): Promise<void> {
  const where = await keptFolder();
  const name = `cluster-${await digestOfCluster()}`;
  const kept = path.join(where, name);
  if (!existsSync(path.join(kept, 'PG_VERSION'))) await makeCluster(kept);
  const now = new Date();
  await utimes(kept, now, now);
  await forgetOlder(where, name);
  await mkdir(path.dirname(folder), { recursive: true });
  // A thousand small files: five times cheaper than to copy each from here.
  await promisify(execFile)('cp', ['-aT', kept, folder]);
}

/** Where starts keep compiled code and the bundle of workflows, each checked by its digest before it is used. */
export async function keptCache(): Promise<string> {
  const folder = path.join(await keptFolder(), 'cache');
  await mkdir(folder, { recursive: true });
  return folder;
}
