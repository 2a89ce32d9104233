import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../src/main/embedded/free-port.ts';
import { until } from '../../../src/base/promises.ts';
import { ownPort, uiPort } from '../../../src/main/embedded/supervisor.ts';
import { runs, standIn } from './stand-in-process.ts';
import { NIGHT } from '../../support/cases.ts';
import { laidGround } from '../../support/instance.ts';
import { aQuickFolder } from '../../support/quick-folder.ts';

const API = `
import http from 'node:http';
import { existsSync } from 'node:fs';
http.createServer((request, response) => {
  response.statusCode = existsSync(process.env.BONHEURE_DATA + '/run.json') ? 200 : 503;
  response.end(JSON.stringify({ argv: process.argv, key: process.env.BONHEURE_ADMIN_KEY }));
}).listen(Number(process.env.AT ?? process.env.PORT));
process.on('SIGTERM', () => process.exit(0));
`;
const WORKER = `setInterval(() => undefined, 60_000); process.on('SIGTERM', () => process.exit(0));`;
const PARTS = ['api', 'public', 'worker', 'postgres', 'temporal'] as const;

interface Run {
  readonly pid: number;
  readonly url: string;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

let folder = '';
let env: NodeJS.ProcessEnv = {};

beforeEach(async () => {
  folder = await aQuickFolder('all');
  await writeFile(path.join(folder, 'api.mjs'), API);
  await writeFile(
    path.join(folder, 'public.mjs'),
    `process.env.AT = process.env.PUBLIC_PORT;\nawait import('./api.mjs');`,
  );
  await writeFile(path.join(folder, 'worker.mjs'), WORKER);
  env = { PORT: String(await freePort()), BONHEURE_TEMPORAL_UI_PORT: '0' };
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));

const firstStart = (): ReturnType<typeof standIn> => standIn(['all', path.join(folder, 'data')], env);

/** A start that finds its database and its keys: to make them takes longer than all the rest. */
async function start(): ReturnType<typeof standIn> {
  if (!existsSync(path.join(folder, 'data'))) await laidGround(path.join(folder, 'data'));
  return firstStart();
}

async function running(): Promise<Run> {
  return JSON.parse(await readFile(path.join(folder, 'data', 'run.json'), 'utf8')) as Run;
}

async function pidOf(name: string): Promise<number> {
  return (await running()).processes.find((one) => one.name === name)?.pid ?? 0;
}

async function allGone(pids: readonly number[]): Promise<boolean> {
  return (await Promise.all(pids.map(runs))).every((alive) => !alive);
}

describe('everything on one machine', () => {
  it('says where it is and stops completely', async () => {
    const { child, said } = await firstStart();
    const run = await running();
    expect(run).toMatchObject({
      pid: child.pid,
      url: `http://localhost:${env['PORT']}`,
      temporalNamespace: 'default',
      temporalDatabase: path.join(folder, 'data/temporal/temporal.db'),
      postgresData: path.join(folder, 'data/postgres'),
      logs: path.join(folder, 'data/logs'),
    });
    expect(run.processes.map(({ name }) => name).toSorted()).toEqual(PARTS.toSorted());
    expect(said['url']).toBe(run.url);
    const settings = await (await fetch(`${String(said['temporalUi'])}/api/v1/settings`)).json();
    expect(settings).toMatchObject({ Codec: { Endpoint: '' } });
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(await allGone(run.processes.map(({ pid }) => pid))).toBe(true);
  });

  it('names the codec to Temporal’s page once asked', NIGHT, async () => {
    env['BONHEURE_CODEC'] = 'on';
    const { said } = await start();
    const settings = await (await fetch(`${String(said['temporalUi'])}/api/v1/settings`)).json();
    expect(settings).toMatchObject({ Codec: { Endpoint: `${(await running()).url}/codec` } });
  });

  it('passes the api its secret by private file', async () => {
    const { said } = await start();
    const { argv, key } = (await (await fetch(String(said['url']))).json()) as {
      argv: string[];
      key: string;
    };
    const file = path.join(folder, 'data/keys/admin-key.new');
    expect((await readFile(file, 'utf8')).trim()).toBe(key);
    expect(argv.join(' ')).not.toContain(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(path.join(folder, 'data/run.json'), 'utf8')).not.toContain(key);
  });

  it('restarts whatever dies', async () => {
    await start();
    for (const name of PARTS) {
      const before = await pidOf(name);
      process.kill(before, 'SIGKILL');
      expect(await until(async () => ![0, before].includes(await pidOf(name)), 10_000)).toBe(true);
      expect(await runs(await pidOf(name))).toBe(true);
    }
    expect((await fetch((await running()).url)).status).toBe(200);
  });

  it('dies with its supervisor, then starts again', NIGHT, async () => {
    const first = await start();
    const { processes } = await running();
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await start();
    expect((await running()).pid).toBe(second.child.pid);
    expect(await allGone(processes.map(({ pid }) => pid))).toBe(true);
  });
});

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

describe('a port', () => {
  it('of ours that is taken suggests another', NIGHT, async () => {
    const port = await takenPort();
    await expect(ownPort(port, undefined)).rejects.toThrow(`Port ${port} is taken by another program`);
  });

  it('of Temporal’s pages moves when taken', async () => {
    const said: string[] = [];
    const port = await takenPort();
    const other = await uiPort(port, (line) => said.push(line));
    expect(other).not.toBe(port);
    expect(said).toEqual([`Port ${port} is taken: Temporal's pages are on port ${other} this time.`]);
  });
});
