import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A Redis of its own, and how to end it. */
export interface Redis {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** A Redis that writes each second to its disk; undefined where none is installed. */
export async function redis(): Promise<Redis | undefined> {
  const [port, folder] = [await freePort(), await mkdtemp(path.join(tmpdir(), 'bench-redis-'))];
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--appendonly',
    'yes',
    '--save',
    '',
  ];
  const child: ChildProcess = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
  const begun = await Promise.race([
    once(child.stdout ?? child, 'data').then(() => true),
    once(child, 'error').then(() => false),
  ]);
  if (!begun) return undefined;
  return {
    port,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a Redis can be run here; says so loudly where it cannot. */
export async function redisIsHere(): Promise<boolean> {
  const one = await redis();
  await one?.stop();
  if (one === undefined) process.stdout.write('NO redis-server HERE: BullMQ IS NOT MEASURED.\n');
  return one !== undefined;
}
