import { readdir, readlink, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../../platform/until.ts';

// A zombie has no working directory any more: it counts as gone, though its pid still answers.
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
    // It ended between the look and the signal, which is what we want.
  }
}

async function postmasterOf(folder: string): Promise<number> {
  const text = await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10);
}

/** Ends what a killed run left in a data folder whose lock we hold. */
export async function endOrphans(dataFolder: string): Promise<void> {
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
  // Without /proc nobody can be proved gone, and PostgreSQL decides by itself.
  if (process.platform !== 'linux') return;
  await rm(path.join(folder, 'postmaster.pid'), { force: true });
  await rm(path.join(folder, '.s.PGSQL.5432.lock'), { force: true });
  await rm(path.join(folder, '.s.PGSQL.5432'), { force: true });
}
