import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { inject } from 'vitest';
import { openApiJournal } from '../../../src/main/journals.ts';
import { ProcessClock, type Clock } from '../../../src/platform/clock.ts';
import { keyOf } from '../../../src/crypto/cipher.ts';
import { OptOutTokens } from '../../../src/person/opt-out-link.ts';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { PATIENT, type AnswerLimits } from '../../../src/platform/database/statements.ts';
import { journalDoubt } from '../../../src/platform/database/process.repository.ts';
import { readClock, timedByDatabase } from '../../../src/platform/database/instance.repository.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import type { Api } from '../../../src/web/server/route.ts';
import { registerAccounts } from '../../../src/sending/accounts/gateway-account.repository.ts';
import { apiGateway } from '../../../src/gateways/operators.ts';
import { isFake, readGateways } from '../../../src/settings/gateway-account.ts';
import { buildApp } from '../../../src/web/server/app.ts';
import { KnownCallers } from '../../../src/web/server/caller.ts';
import { lawClock } from '../../../src/web/sandbox/sandbox.ts';
import { LiveStreams } from '../../../src/web/server/budgets.ts';
import { Metrics } from '../../../src/web/health/metrics.ts';
import { InstanceFigures } from '../../../src/web/health/instance-figures.ts';
import { probes } from '../../../src/web/health/readiness.ts';
import { linkPages } from '../../../src/web/public/opt-out.ts';
import { publicForms } from '../../../src/web/public/public-form.ts';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { openLog } from '../../../src/platform/log.ts';
import { ensureFirstTenant } from '../../../src/company/tenant/tenant.repository.ts';
import { aDatabase, type TestDatabase } from '../../support/database.ts';
import { afterFile } from '../../support/after-file.ts';

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at whatever came
  readonly body: any;
  readonly text: string;
}

/** How a test asks. */
export interface Asked {
  readonly key?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** The real application on a real port and a database of its own. */
export interface Served {
  readonly url: string;
  readonly admin: string;
  readonly tenantId: string;
  readonly instanceKey: string;
  /** The end of every inbound address of this instance. */
  readonly inboundSecret: string;
  readonly api: Api;
  readonly journalFolder: string;
  /** Wraps the keys of this application. */
  readonly ring: KeyRing;
  readonly database: Database;
  /** As the application reaches it. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly at: TestDatabase;
  /** Every line that was logged. */
  readonly logged: () => string;
  readonly ask: (method: string, path: string, asked?: Asked) => Promise<Reply>;
  /** A key of that role, made by the first admin. */
  readonly keyOf: (role: string) => Promise<string>;
  /** Another controller and its admin key. */
  readonly anotherTenant: () => Promise<{ id: string; key: string }>;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Serves the API for one test file. */
export async function served(
  options: {
    readonly temporal?: () => Promise<void>;
    /** False: webhooks go to the internet only. */
    readonly privateWebhooks?: boolean;
    /** A folder that holds another way to the socket of PostgreSQL. */
    readonly through?: string;
    /** Accounts as BONHEURE_GATEWAYS writes them; the sandbox alone when absent. */
    readonly gateways?: readonly object[];
    /** Where opt-outs are written first; a folder of its own when absent. */
    readonly journalFolder?: string;
    /** What time it is by the law, for dates that are written down; the machine's when absent. */
    readonly lawAt?: string;
    /** How far this host's clock is ahead of the database's, in milliseconds. */
    readonly hostAheadMs?: number;
    /** How long its pools wait for answers. */
    readonly patience?: AnswerLimits;
  } = {},
): Promise<Served> {
  const at = await aDatabase();
  const { socketFolder } = inject('postgres');
  const url = at.appUrl.replace(
    encodeURIComponent(socketFolder),
    encodeURIComponent(options.through ?? socketFolder),
  );
  const { hostAheadMs = 0, patience = PATIENT } = options;
  const host = { wall: () => Date.now() + hostAheadMs, monotonic: () => performance.now() };
  const clock = new ProcessClock({ movable: true, host });
  const timed = timedByDatabase(clock);
  const database = await openDatabase({ url, connections: 8, name: 'test-api', timed, patience });
  const readTime = () => database.outside((tx) => clock.follow(() => readClock(tx)));
  await readTime();
  if (options.lawAt !== undefined) await lawClock(database, clock, true).move(options.lawAt);
  const ticking = setInterval(() => {
    readTime().catch(() => undefined);
  }, 1_000);
  const ring = new KeyRing([keyOf(1, randomBytes(32))], 1);
  const vault = new Vault(ring);
  const admin = `admin-${randomBytes(16).toString('hex')}`;
  const instanceKey = `instance-${randomBytes(16).toString('hex')}`;
  const first = await ensureFirstTenant(database, { vault, clock }, admin);
  const accounts = readGateways(options.gateways && JSON.stringify(options.gateways), {
    env: {},
    used: () => undefined,
  });
  const ids = await database.outside((tx) =>
    registerAccounts(
      tx,
      accounts.map((account) => ({ ...account, fake: isFake(account) })),
      { at: clock.now().toISO(), machineMs: clock.machine() },
    ),
  );
  const inboundSecret = randomBytes(32).toString('base64url');
  const gateways = accounts.map((account) =>
    apiGateway(account, `http://localhost/v1/inbound/${account.name}/${inboundSecret}`),
  );
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = openLog({ level: 'trace', process: 'api' }, sink);
  const metrics = new Metrics();
  const journalFolder = options.journalFolder ?? (await mkdtemp(join(tmpdir(), 'bonheure-journal-')));
  const journal = await openApiJournal({
    config: { journalFolder, journalDays: 35, gateways: accounts },
    databaseUrl: url,
    processId: randomUUID(),
    ring,
    log,
    clock,
    vault,
    database,
    metrics,
    patience,
  });
  while ((await database.outside(journalDoubt)) !== undefined) await pause(20);
  const callers = new KnownCallers({ database, clock });
  const checking = setInterval(() => void callers.recheck().catch(() => undefined), 200);
  const api: Api = {
    callers,
    live: new LiveStreams(),
    journal: journal.optOuts,
    database,
    vault,
    clock,
    log,
    metrics,
    gateways,
    publicUrl: 'http://localhost',
    optOut: {
      tokens: new OptOutTokens(
        (await database.outside((tx) => vault.instanceKey(tx, 'links', clock.now().toISO()))).key,
      ),
      base: 'http://localhost',
    },
    privateWebhooks: options.privateWebhooks ?? true,
    instanceKey,
  };
  const premises = {
    database,
    clock,
    temporal: options.temporal ?? (() => Promise.resolve()),
    journal: api.journal.doubt,
    journalFault: api.journal.fault,
  };
  const app = buildApp(api, allRoutes, [
    {
      at: '/',
      template: '',
      router: probes(premises, api.metrics, {
        figures: new InstanceFigures(premises, api.metrics.registry),
        metricsFrom: ['127.0.0.0/8'],
      }),
    },
    {
      at: '/f',
      template: '/f/{slug}',
      router: publicForms({ ...api, accountId: [...ids.values()][0] ?? '', trustedProxies: ['127.0.0.1'] }),
    },
    ...linkPages({
      ...api,
      tokens: api.optOut.tokens,
      trustedProxies: ['127.0.0.1'],
      effective: () => undefined,
    }),
  ]);
  // The client lives in the same process: on a busy machine it would write to a connection that is just being given up.
  const server = createServer({ keepAliveTimeout: 600_000 }, app);
  const address = `http://127.0.0.1:${await listening(server)}`;
  afterFile(async () => {
    clearInterval(ticking);
    clearInterval(checking);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await journal.close();
    await rm(journalFolder, { recursive: true, force: true });
    await database.close();
  });
  const ask = askAt(address);
  return {
    url: address,
    admin,
    tenantId: first.id,
    instanceKey,
    inboundSecret,
    api,
    journalFolder,
    ring,
    database,
    databaseUrl: url,
    clock,
    at,
    ask,
    logged: () => lines.join(''),
    keyOf: async (role) => (await ask('POST', '/v1/keys', { key: admin, body: { role } })).body.key,
    anotherTenant: async () => {
      const body = {
        name: 'Autre',
        legalName: 'Autre SAS',
        brand: 'Autre',
        contact: { phone: '0142685300' },
      };
      return (await ask('POST', '/v1/tenants', { key: instanceKey, body })).body;
    },
  };
}

const askAt =
  (url: string) =>
  async (method: string, path: string, { key, body, raw, headers = {} }: Asked = {}): Promise<Reply> => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload as string }),
      redirect: 'manual',
    });
    const text = await answer.text();
    const json = /[/+]json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: json && text !== '' ? JSON.parse(text) : undefined,
    };
  };
