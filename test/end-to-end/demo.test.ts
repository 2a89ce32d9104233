import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../gateways/sandbox/support.ts';
import { NIGHT } from '../support/cases.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';

const DEMO = fileURLToPath(new URL('../../demo/demo.ts', import.meta.url));
const KEY = 'test-admin-key-of-the-first-tenant';
let instance: Instance;

interface Telling {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Its exit status, once it has ended. */
  readonly ended: Promise<number | null>;
}

function demo(folder: string, ...flags: string[]): Telling {
  const child = spawn(process.execPath, [DEMO, ...flags], {
    env: { ...process.env, BONHEURE_DATA: folder, BONHEURE_ADMIN_KEY: KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => heard.push(text.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => heard.join(''), ended };
}

const here = (): string => path.join(instance.folder, 'data');
const says = (told: Telling, words: string): Promise<string> =>
  until(
    async () => told.output(),
    (text) => text.includes(words),
    60_000,
  );
const offset = async (): Promise<unknown> => (await instance.call('GET', '/sandbox/clock')).body['offsetMs'];
const statuses = async (): Promise<unknown[]> =>
  ((await instance.call('GET', '/v1/campaigns')).body['items'] as { status: string }[]).map(
    ({ status }) => status,
  );

async function aFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bonheure-demo-'));
  await mkdir(path.join(folder, 'keys'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

/** What it says, and its exit status, when it will not begin. */
async function refusal(
  folder: string,
  ...flags: string[]
): Promise<{ code: number | null; lines: string[] }> {
  const told = demo(folder, ...flags);
  return { code: await told.ended, lines: told.output().trim().split('\n') };
}

const only = (words: RegExp): object => ({ code: 1, lines: [expect.stringMatching(words)] });

describe('the demo, before it begins', () => {
  it('says how to start the system', async () => {
    const folder = await aFolder({});
    expect(await refusal(folder)).toEqual(
      only(/Bonheure does not run: .* Start it in another terminal with "npm start"/),
    );
    await writeFile(path.join(folder, 'run.json'), '{ "url": "http://127.0.0.1:9" }');
    expect(await refusal(folder)).toEqual(only(/Bonheure does not run/));
    await rm(folder, { recursive: true });
  });

  it('refuses a system that reaches real people', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify([{ name: 'octopush-1', kind: 'octopush', fake: false }]));
    });
    const folder = await aFolder({ 'run.json': JSON.stringify({ url: await listen(server) }) });
    expect(await refusal(folder)).toEqual(only(/sends through a real operator \(octopush-1\)/));
    expect(asked).toEqual(['/readyz', '/v1/gateways']);
    server.close();
    await rm(folder, { recursive: true });
  });

  it('says which flags it knows', async () => {
    const folder = await aFolder({});
    expect(await refusal(folder, '--quick')).toEqual(only(/"--quick" is not known\. The demo knows --fast/));
    await rm(folder, { recursive: true });
  });
});

describe('the demo', NIGHT, () => {
  beforeAll(async () => {
    instance = await anInstance({ publicServer: 'own' });
  });

  afterAll(async () => {
    await instance?.stop();
  });

  it('undoes its work and clock when interrupted', async () => {
    const told = demo(here(), '--fast');
    await says(told, 'Eight o’clock');
    expect(await offset()).not.toBe(0);
    told.child.kill('SIGINT');
    expect(await told.ended).toBe(130);
    expect(told.output()).toContain('Interrupted: what the demo had begun is ended, the clock is back.');
    expect(await offset()).toBe(0);
    expect(await statuses()).toEqual(['cancelled']);
  });

  it('tells three stories and who received what', async () => {
    const told = demo(here(), '--fast');
    await says(told, 'THE SHOP');
    expect(await refusal(here(), '--fast')).toEqual(only(/Another demo is being told on this instance/));
    expect([await told.ended, told.output()]).toEqual([
      0,
      expect.stringContaining('WHO RECEIVED WHAT') as string,
    ]);
    const text = told.output();
    expect(text).toMatch(/Planned .*; put off to .*: no SMS before 08:00, nor from 20:00 on \(WIN-01\)/);
    expect(text).toMatch(/brought forward to Saturday .*: no SMS on Sundays \(WIN-02\)/);
    expect(text).toMatch(/brought forward to .*: public holiday, .* \(WIN-03\)/);
    expect(text).toMatch(/\+33[67]•{6}\d\d +the offer, one acknowledgement  /);
    expect(text).toMatch(/Chloé, .* reminder, correction/);
    expect(text).toMatch(/David, .* no consent for this purpose \(NO_BASIS\)/);
    expect(text).toMatch(/moved to .*: one message in the time of the notice \(REN-01\)/);
    expect(text).toMatch(/Émile, a renewal +reminder  /);
    expect(text).toMatch(/Farah, two payments +schedule, reminder  /);
    expect(text).not.toContain('and more!');
    expect(await offset()).toBe(0);
    expect((await instance.call('GET', '/v1/tenant')).body).toMatchObject({
      missing: ['legalName', 'contact'],
    });
    expect((await instance.call('GET', '/v1/reminder-series?state=open')).body['items']).toEqual([]);
  });

  it('is put right by the next after kill', async () => {
    const told = demo(here(), '--fast');
    await says(told, 'It is now');
    await until(offset, (moved) => moved !== 0);
    told.child.kill('SIGKILL');
    await told.ended;
    const again = demo(here(), '--fast');
    await says(again, 'THE SHOP');
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(130);
    expect(await offset()).toBe(0);
    expect((await instance.call('GET', '/v1/tenant')).body).toMatchObject({ brand: 'Ma société' });
  });

  it('does not start beside the work of others', async () => {
    const made = await instance.call('POST', '/v1/campaigns', {
      name: 'Soldes',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Soldes. {stop}',
      audience: { all: true },
      startAt: '2027-06-30T10:00:00+02:00',
    });
    await instance.call('POST', `/v1/campaigns/${String(made.body['id'])}/launch`, {});
    expect(await refusal(here(), '--fast')).toEqual(only(/has work of its own \(campaign "Soldes"\)/));
    expect(await offset()).toBe(0);
  });
});
