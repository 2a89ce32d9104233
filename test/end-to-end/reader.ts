import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../documents/root.ts';
import { cases } from '../support/cases.ts';

/** What a terminal showed after a block was pasted into it. */
export interface Seen {
  readonly output: string;
  /** The status of every answer over HTTP, in order. */
  readonly statuses: readonly number[];
  readonly exit: number;
}

/** Somebody with a terminal in the folder of a clone. */
export interface Reader {
  paste(text: string): Promise<Seen>;
  leave(): Promise<void>;
}

/** Notes the status of each answer, and leaves everything else to the real one. */
const noting = (curl: string): string => `#!/bin/sh
head=$(mktemp)
'${curl}' --dump-header "$head" "$@"
exit=$?
sed -n 's/^HTTP[^ ]* \\([0-9]*\\).*/\\1/p' "$head" >> "$STATUSES"
rm "$head"
exit $exit
`;

const OF_A_CLONE = ['package.json', 'node_modules', 'src', 'demo', 'docs', 'documents'];
/** One appointment or contract of the samples in so many: each costs a workflow that lives beside every later page. */
const EACH = cases(4, 1);

/** Finds the curl of this machine. */
export function realCurl(): string {
  const found = spawnSync('which', ['curl'], { encoding: 'utf8' });
  if (found.status !== 0)
    throw new Error('curl is missing, and the commands of documents need it: install curl.');
  return found.stdout.trim();
}

/** Lays out a folder like a clone whose \`npm start\` keeps its state in \`data\`. */
export async function aClone(folder: string, data: string, curl: string): Promise<void> {
  await mkdir(path.join(folder, 'bin'), { recursive: true });
  const program = path.join(folder, 'bin', 'curl');
  await writeFile(program, noting(curl));
  await chmod(program, 0o755);
  for (const name of OF_A_CLONE) await symlink(fileURLToPath(new URL(name, root)), path.join(folder, name));
  await symlink(data, path.join(folder, '.bonheure'));
  await laySamples(path.join(folder, 'samples'));
}

const isTaken = (_row: unknown, turn: number): boolean => turn % EACH === 0;

/** How a sample is shortened; the others are as they are. */
const SHORTER: Readonly<Record<string, (text: string) => string>> = {
  'clinic-appointments.json': (text) => JSON.stringify((JSON.parse(text) as unknown[]).filter(isTaken)),
  // The line of headings is the first one taken.
  'services-subscriptions.csv': (text) => text.split('\n').filter(isTaken).join('\n'),
};

async function laySamples(folder: string): Promise<void> {
  const samples = fileURLToPath(new URL('samples', root));
  await mkdir(folder);
  for (const name of await readdir(samples)) {
    const [given, laid] = [path.join(samples, name), path.join(folder, name)];
    const shorter = SHORTER[name];
    if (shorter === undefined) await symlink(given, laid);
    else await writeFile(laid, shorter(await readFile(given, 'utf8')));
  }
}

/** Opens a terminal in a clone. */
export function aReader(folder: string): Reader {
  const statuses = path.join(folder, 'statuses');
  const { BONHEURE_ADMIN_KEY: _, ...env } = process.env;
  const shell = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: { ...env, PATH: `${path.join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, STATUSES: statuses },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    paste: async (text) => {
      await writeFile(path.join(folder, 'pasted'), text);
      await writeFile(statuses, '');
      shell.stdin?.write('source ./pasted < /dev/null > seen 2>&1; echo $?\n');
      const exit = await said(shell);
      const noted = (await readFile(statuses, 'utf8')).split('\n').filter((line) => line !== '');
      return { output: await readFile(path.join(folder, 'seen'), 'utf8'), statuses: noted.map(Number), exit };
    },
    leave: async () => {
      shell.stdin?.end();
      if (shell.exitCode === null) await once(shell, 'exit');
      await rm(path.join(folder, 'pasted'), { force: true });
    },
  };
}

async function said(shell: ChildProcess): Promise<number> {
  if (shell.stdout === null) return 1;
  const [code] = (await once(shell.stdout, 'data')) as [Buffer];
  return Number(code.toString());
}
