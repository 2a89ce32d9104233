import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/main/embedded/free-port.ts';
import { NIGHT } from '../support/cases.ts';
import { aFlashSale } from '../support/flash-sale.ts';
import { closes, until, type Answer, type ShownAccounts } from '../support/instance.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { anOperator, type TestOperator } from '../support/operator.ts';
import {
  npmRun,
  postgresElsewhere,
  stepsOf,
  temporalElsewhere,
  type ElsewherePostgres,
  type Started,
} from './elsewhere.ts';

const run = promisify(execFile);
const SHOP = new URL('../../samples/shop-contacts.csv', import.meta.url);
const ADMIN = 'admin-key-of-the-first-tenant';
const SECRET = 'the-secret-of-the-inbound-address';
const [OWNERS, PROCESSES] = ['of-the-owner', 'of-the-processes'];

let folder = '';
let postgres: ElsewherePostgres;
let temporal: { address: string; stop: () => Promise<unknown> };
let operator: TestOperator;
const apis: string[] = [];
const workers: Started[] = [];
const started: Started[] = [];
let turn = 0;

/** The environment of the guide, each of its names with a value of this test. */
async function environment(name: string, port: number): Promise<Record<string, string>> {
  const gateways = path.join(folder, 'gateways.json');
  const account = { name: 'sandbox', kind: 'sandbox', baseUrl: operator.origin, inboundSecret: SECRET };
  await writeFile(gateways, JSON.stringify([{ ...account, ratePerSecond: 200, stopCode: '36180' }]));
  const values: Record<string, string> = {
    DATABASE_URL: postgres.url('bonheure_app', PROCESSES, 'bonheure'),
    TEMPORAL_ADDRESS: temporal.address,
    // The server of this test speaks no TLS.
    TEMPORAL_TLS: 'false',
    TEMPORAL_NAMESPACE: 'bonheure',
    BONHEURE_KEYS: path.join(folder, 'keys', 'key-encryption.json'),
    BONHEURE_DATA: path.join(folder, name),
    BONHEURE_JOURNAL: path.join(folder, 'journal'),
    BONHEURE_PUBLIC_URL: `http://localhost:${port}`,
    BONHEURE_GATEWAYS: gateways,
    PORT: String(port),
    PUBLIC_PORT: String(await freePort()),
  };
  const [block = ''] = await stepsOf('env');
  const named = [...block.matchAll(/^(\w+)=/gm)].map(([, one = '']) => one);
  expect(new Set(named)).toEqual(new Set(Object.keys(values)));
  // Besides the guide: the account is a fake and the hour of this test is its own.
  return { ...values, BONHEURE_ADMIN_KEY: ADMIN, BONHEURE_LAW_CLOCK: 'movable' };
}

async function anApi(name: string): Promise<void> {
  const port = await freePort();
  const api = npmRun('api', await environment(name, port));
  started.push(api);
  apis.push(`http://127.0.0.1:${port}`);
}

async function aPublicServer(name: string): Promise<string> {
  const values = await environment(name, 0);
  started.push(npmRun('public', values));
  return `http://127.0.0.1:${values['PUBLIC_PORT'] ?? ''}`;
}

async function aWorker(name: string): Promise<void> {
  const worker = npmRun('worker', await environment(name, 0));
  started.push(worker);
  workers.push(worker);
}

const call = async (at: number, method: string, where: string, body?: unknown): Promise<Answer> => {
  const isText = typeof body === 'string';
  const answer = await fetch(`${apis[at % apis.length] ?? ''}${where}`, {
    method,
    headers: {
      ...(where.startsWith('/v1') ? { authorization: `Bearer ${ADMIN}` } : {}),
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : { text } };
};

const ready = (at: number): Promise<number> =>
  until(
    () =>
      call(at, 'GET', '/readyz').then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 200,
  );

const said = (): string => started.map((one) => one.said()).join('\n');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bonheure-elsewhere-'));
  [postgres, temporal, operator] = await Promise.all([
    postgresElsewhere(folder),
    temporalElsewhere(folder, 'bonheure'),
    anOperator(new ShiftedClock().startAt('2027-03-30T14:30:00+02:00')),
  ]);
  const [roles = ''] = await stepsOf('sql');
  const passwords = [OWNERS, PROCESSES];
  await postgres.query(roles.replaceAll(/'…'/g, () => `'${passwords.shift() ?? ''}'`));
  const keys = (await stepsOf('sh')).find((step) => step.includes('key-encryption.json')) ?? '';
  await run('sh', ['-ec', keys], { cwd: folder });
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.kill('SIGTERM')));
  await Promise.allSettled([temporal?.stop(), postgres?.stop()]);
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

describe('the production guide, on servers started apart', { timeout: 400_000, ...NIGHT }, () => {
  it('makes a keys file only its owner reads', async () => {
    const { mode } = await stat(path.join(folder, 'keys', 'key-encryption.json'));
    expect(mode & 0o077).toBe(0);
  });

  it('reports a missing schema or server', async () => {
    const nowhere = npmRun('migrate', { DATABASE_URL: `postgresql://x:y@127.0.0.1:${await freePort()}/z` });
    expect(await nowhere.ended).toBe(1);
    expect(nowhere.said()).toMatch(/^The database could not be brought up to date \(.*\n$/);
    expect(nowhere.said()).not.toContain('x:y');
  });

  it('migrates by TLS as the owner, once', async () => {
    const step = (await stepsOf('sh')).find((one) => one.includes('npm run migrate'));
    expect(step).toMatch(
      /^DATABASE_URL='postgresql:\/\/bonheure:…@[^']*sslmode=verify-full[^']*' npm run migrate\n$/,
    );
    const env = { DATABASE_URL: postgres.url('bonheure', OWNERS, 'bonheure') };
    const first = npmRun('migrate', env);
    expect([await first.ended, first.said()]).toEqual([0, expect.stringMatching(/^Applied: /)]);
    const second = npmRun('migrate', env);
    expect([await second.ended, second.said()]).toEqual([0, 'Nothing to migrate.\n']);
  });

  it('starts two apis, one public, two workers, ready', async () => {
    const starting = async (): Promise<string> => {
      await anApi('api-1');
      await ready(0);
      await anApi('api-2');
      await ready(1);
      const open = await aPublicServer('public-1');
      await until(
        () =>
          fetch(`${open}/readyz`).then(
            ({ status }) => status,
            () => 0,
          ),
        (status) => status === 200,
      );
      await aWorker('worker-1');
      await aWorker('worker-2');
      return until(
        async () => String((await call(0, 'GET', '/metrics')).body['text']),
        (text) =>
          text.includes('bonheure_processes{kind="worker"} 2') && text.includes('bonheure_gate_open 1'),
      );
    };
    const figures = await starting().catch((cause: unknown) => {
      throw new Error(said(), { cause });
    });
    expect(figures).toContain('bonheure_processes{kind="api"} 2');
    expect(figures).toContain('bonheure_processes{kind="public"} 1');
  });

  it('sends once to everybody despite a killed worker', async () => {
    // Whatever api is asked, the instance is one.
    expect((await call(1, 'POST', '/sandbox/clock', { now: '2027-03-30T14:30:00+02:00' })).status).toBe(200);
    const turns = (method: string, where: string, body?: unknown) => call((turn += 1), method, where, body);
    const where = `/v1/campaigns/${await aFlashSale({ call: turns }, await readFile(SHOP, 'utf8'))}`;
    expect((await call(0, 'POST', `${where}/launch`, {})).status).toBe(202);
    await until(
      async () => (await operator.log()).length,
      (sent) => sent > 20,
    );
    await workers[0]?.kill('SIGKILL');
    const ended = await until(
      async () => (await call(1, 'GET', where)).body,
      ({ status }) => status === 'finished',
      240_000,
    );
    const held = ended['accounts'] as ShownAccounts;
    const accepted = (await operator.log())
      .filter(({ outcome }) => outcome === 'accepted')
      .map(({ reference }) => reference);
    expect(closes(held)).toBe(true);
    expect([held.pending, held.uncertain]).toEqual([0, 0]);
    expect(accepted.length).toBe(new Set(accepted).size);
    expect(accepted.length).toBe(held.accepted);
    expect(held.accepted).toBeGreaterThan(100);
  });

  it('shows the campaign in both apis’ figures', async () => {
    const sent = (await operator.log()).filter(({ outcome }) => outcome === 'accepted').length;
    for (const at of [0, 1]) {
      const figures = await until(
        async () => String((await call(at, 'GET', '/metrics')).body['text']),
        (text) => text.includes('bonheure_processes{kind="worker"} 1'),
      );
      expect(figures).toContain(
        `bonheure_messages_accepted_total{account="sandbox",purpose="marketing"} ${sent}`,
      );
      expect(figures).toContain('bonheure_campaigns{status="finished"} 1');
      expect(figures).toMatch(
        /bonheure_submissions_total\{account="sandbox",outcome="accepted",reason=""\} \d{2,}/,
      );
    }
  });

  it('ends in order within 15 seconds, without secrets', async () => {
    const began = performance.now();
    await Promise.all(started.map((one) => one.kill('SIGTERM')));
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(said()).not.toMatch(/of-the-(?:owner|processes|superuser)/);
    expect(said().match(/(?<![\da-f-])(?:\+?33|0)[67]\d{8}(?![\da-f])/g)).toBeNull();
  });
});
