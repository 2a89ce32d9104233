import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { quickFolder } from './quick-folder.ts';
import type { Instance } from './instance.ts';

/** One more worker process beside an instance, as on another host: with files of its own. */
export interface SecondWorker {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** By which the database knows its connections. */
export const SECOND = 'second-worker';

/** Starts one more worker; answers once it works. */
export async function aSecondWorker(
  instance: Pick<Instance, 'folder' | 'origin' | 'run'>,
  gateways: unknown,
): Promise<SecondWorker> {
  const { databaseUrl, temporalAddress, temporalNamespace } = await instance.run();
  const named = new URL(databaseUrl);
  named.searchParams.set('application_name', SECOND);
  const own = await mkdtemp(path.join(quickFolder(), 'bonheure-worker-'));
  const data = path.join(instance.folder, 'data');
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../src/main/worker.ts', import.meta.url))],
    {
      env: {
        ...process.env,
        BONHEURE_DATA: own,
        BONHEURE_KEYS: path.join(data, 'keys', 'key-encryption.json'),
        BONHEURE_JOURNAL: path.join(data, 'journal'),
        BONHEURE_LAW_CLOCK: 'movable',
        BONHEURE_CODEC: 'off',
        BONHEURE_GATEWAYS: JSON.stringify(gateways),
        DATABASE_URL: named.href,
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_NAMESPACE: temporalNamespace,
        PORT: new URL(instance.origin).port,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes('"working"')) break;
  }
  if (child.exitCode !== null) throw new Error(`it ended instead of working:\n${lines.join('\n')}`);
  child.stdout.resume();
  return {
    child,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(own, { recursive: true, force: true });
    },
  };
}
