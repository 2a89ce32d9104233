import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/settings/config.ts';
import { ensureKeyRing } from '../../../src/settings/key-ring.ts';
import { migrate } from '../../../src/settings/migrate.ts';
import { firstRefusal } from '../../../src/main/embedded/processes.ts';
import { freePort } from '../../../src/main/embedded/free-port.ts';
import { Supervisor, ownPort } from '../../../src/main/embedded/supervisor.ts';
import { laidGround } from '../../support/instance.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refused-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));

async function started(api: string, data = path.join(folder, 'data')): Promise<unknown> {
  await writeFile(path.join(folder, 'api.mjs'), api);
  for (const name of ['public', 'worker'])
    await writeFile(path.join(folder, `${name}.mjs`), 'setInterval(() => undefined, 60_000)');
  const env = {
    PATH: process.env['PATH'],
    BONHEURE_DATA: data,
    PORT: String(await freePort()),
    BONHEURE_TEMPORAL_UI_PORT: '0',
  };
  const supervisor = new Supervisor({
    config: readConfig(env),
    env,
    entries: {
      api: path.join(folder, 'api.mjs'),
      public: path.join(folder, 'public.mjs'),
      worker: path.join(folder, 'worker.mjs'),
    },
    migrate,
    ensureKeys: ensureKeyRing,
    tell: () => undefined,
  });
  try {
    return await supervisor.start();
  } finally {
    await supervisor.stop();
  }
}

describe('a start that a person must repair', () => {
  it('ends with the refusing process’s sentence', async () => {
    const api = `process.stderr.write('{"msg":"a line"}\\nThe keys do not fit.\\n'); process.exit(1)`;
    await laidGround(path.join(folder, 'data'));
    await expect(started(api)).rejects.toThrow('The keys do not fit.');
  });

  it('makes no new keys for an old database', async () => {
    const database = path.join(folder, 'data', 'postgres');
    await mkdir(database, { recursive: true });
    await writeFile(path.join(database, 'PG_VERSION'), '18');
    const keys = path.join(folder, 'data', 'keys', 'key-encryption.json');
    await expect(started('')).rejects.toThrow(
      `${database} exists and its keys are gone: put ${keys} back, or give its path in BONHEURE_KEYS.`,
    );
  });

  it.runIf(process.platform === 'linux')('ends where no folder can be made', async () => {
    await expect(started('', '/proc/bonheure/data')).rejects.toThrow(
      /may not write in \/proc\/bonheure\/data: give/,
    );
  });

  it.each(['203.0.113.5', '999.1.1.1'])('names HOST=%s, not the port', async (host) => {
    await expect(ownPort(await freePort(), host)).rejects.toThrow(`HOST is ${host}, which is no address`);
  });
});

/** A Node on the PATH that is not the one we run on; undefined when there is none. */
function anotherNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(path.delimiter).map((place) => path.join(place, 'node'));
  const others = places.filter((place) => !place.includes('node_modules') && existsSync(place));
  return others.find((place) => !execFileSync(place, ['--version']).toString().startsWith('v24.'));
}

const other = anotherNode();
if (other === undefined)
  process.stdout.write('\nNOT CHECKED: what an older Node is told (there is no other Node on the PATH).\n');

describe('a Node that cannot read our sources', () => {
  it.skipIf(other === undefined)('names the wanted version in one sentence', () => {
    const { start } = (
      JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
        scripts: { start: string };
      }
    ).scripts;
    const args = start.split(' ').slice(2);
    const { status, stderr } = spawnSync(other ?? '', args, { cwd: new URL('../../../', import.meta.url) });
    expect([status, stderr.toString()]).toEqual([
      1,
      expect.stringMatching(/^Bonheure runs on Node 24 and this is \S+: run `npm ci` .*\n$/),
    ]);
  });
});

describe('the end of a process', () => {
  it.each([
    ['a fault of ours', 'The api failed: {"name":"TypeError"}', 1],
    ['a stack', 'Error: x\n    at main (api.ts:1)', 1],
    ['an uncaught error', 'Error: x\n    at main (api.ts:1)\n\nNode.js v24.21.0\n', 1],
    ['a line of the log', '{"level":30}', 1],
    ['nothing', '', 1],
    ['a kill', 'The keys do not fit.', 137],
  ])('with %s is no refusal', async (_, text, code) => {
    const log = path.join(folder, 'log');
    await writeFile(log, text);
    expect(await firstRefusal({ code, signal: null }, log)).toBeUndefined();
  });
});
