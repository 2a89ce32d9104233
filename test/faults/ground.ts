import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { ensureKeyRing } from '../../src/settings/key-ring.ts';
import { freePort } from '../../src/main/embedded/free-port.ts';
import { startPostgres, type Postgres } from '../../src/main/embedded/postgres.ts';
import { startTemporal } from '../../src/main/embedded/temporal.ts';
import type { Answer } from '../support/instance.ts';
import { keptCache, layCluster } from '../support/kept.ts';
import { keep } from '../support/leftover.ts';
import { aQuickFolder } from '../support/quick-folder.ts';
import { unmountWithin } from '../support/tmpfs.ts';
import { linesIn, type LedgerLine } from './ledger.ts';
import type { Sabotage } from './sabotage.ts';
import { answers, OurPart, ServerPart, untilSo, type Around, type Part } from './part.ts';

const ADMIN = 'admin-key-of-the-shop-under-test';
const INSTANCE = 'instance-key-of-whoever-runs-this';
/** The secret by which the operators tell us what people say. */
export const INBOUND_SECRET = 'a-secret-of-an-operator-and-of-nobody';
/** What each account may be given a second. */
export const RATE = 40;
/** Two copies of whatever may have one: as on two hosts. */
export const SIDES = ['a', 'b'] as const;
export type Side = (typeof SIDES)[number];
/** Who carries the campaign of the shop, and who the reminders of the practice. */
export const OPERATORS = ['operator', 'second'] as const;

/** Addresses by which one side reaches what the sides share. */
export interface Ways {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly operators: readonly string[];
}

/** One side as it stands on its ground. */
export interface SideOf {
  readonly ways?: Ways;
  readonly around?: Around;
  /** The address that its servers listen on. */
  readonly host?: string;
}

/** What is different from two hosts without a fault. */
export interface Unusual {
  /** Called once the servers answer: how each side reaches them, and how its programs are started. */
  readonly side?: (side: Side, usual: Ways, ground: Ground) => Promise<SideOf>;
  readonly sabotage?: Sabotage | undefined;
  /** Made before anything starts: places of a disk of their own. */
  readonly places?: (folder: string) => Promise<void>;
}

/** The whole system, in processes of its own: two apis, two public servers, two workers, and what they need. */
export class Ground {
  readonly folder: string;
  readonly parts = new Map<string, Part>();
  /** Public servers and apis, by their addresses. */
  readonly publics: string[] = [];
  readonly apis: string[] = [];
  /** The key of the second company. */
  clinic = '';
  /** People who were in a campaign of this ground. */
  people = 0;
  readonly #ports = new Map<string, number>();
  readonly #unusual: Unusual;
  #offsetMs = 0;

  private constructor(folder: string, unusual: Unusual) {
    this.folder = folder;
    this.#unusual = unusual;
  }

  static async open(unusual: Unusual = {}): Promise<Ground> {
    const ground = new Ground(await aQuickFolder('faults'), unusual);
    try {
      await ground.#open();
      return ground;
    } catch (cause) {
      await ground.close();
      throw cause;
    }
  }

  async #open(): Promise<void> {
    for (const name of ['logs', 'journal', 'ledger', ...SIDES])
      await mkdir(this.place(name), { mode: 0o700 });
    await this.#unusual.places?.(this.folder);
    await layCluster(this.place('postgres'));
    await ensureKeyRing(this.place('keys', 'key-encryption.json'));
    for (const side of SIDES) await symlink(await keptCache(), this.place(side, 'cache'));
    await Promise.all([this.#servers(), ...OPERATORS.map((name) => this.#operator(name))]);
    await Promise.all(SIDES.map((side) => this.#side(side)));
    await this.#companies();
  }

  /** A path of it. */
  place(...names: readonly string[]): string {
    return path.join(this.folder, ...names);
  }

  part(name: string): Part {
    const found = this.parts.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  get postgres(): Postgres {
    return (this.part('postgres') as ServerPart<Postgres>).server;
  }

  get temporal(): Awaited<ReturnType<typeof startTemporal>> {
    return (this.part('temporal') as ServerPart<Awaited<ReturnType<typeof startTemporal>>>).server;
  }

  async #servers(): Promise<void> {
    const log = (name: string): string => this.place('logs', `${name}.log`);
    const port = await freePort();
    const postgres = new ServerPart('postgres', () =>
      startPostgres({ folder: this.place('postgres'), durable: true, log: log('postgres') }),
    );
    const temporal = new ServerPart('temporal', () =>
      startTemporal({
        port,
        namespace: 'default',
        log: log('temporal'),
        dbFile: this.place('temporal', 'temporal.db'),
      }),
    );
    for (const part of [postgres, temporal]) this.parts.set(part.name, part);
    await Promise.all([postgres.start(), temporal.start()]);
  }

  async #operator(name: string): Promise<void> {
    const port = await freePort();
    this.#ports.set(name, port);
    const ledger = this.place('ledger', `${name}.ndjson`);
    const order = { name, port, ledger, sabotage: this.sabotage };
    await this.#begin(name, {
      entry: 'test/faults/operator-process.ts',
      env: { ORDER: JSON.stringify(order) },
      works: () => answers(`${this.operatorOrigin(name)}/sandbox/operator/health`),
    });
  }

  get sabotage(): Sabotage | undefined {
    return this.#unusual.sabotage;
  }

  /** Where an operator is told how to behave. */
  operatorOrigin(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name) ?? 0}`;
  }

  async #begin(
    name: string,
    program: Omit<ConstructorParameters<typeof OurPart>[0], 'name' | 'logs'>,
  ): Promise<OurPart> {
    const part = new OurPart({ name, logs: this.place('logs'), ...program });
    this.parts.set(name, part);
    await part.start();
    return part;
  }

  async #side(side: Side): Promise<void> {
    const usual: Ways = {
      databaseUrl: this.postgres.url('bonheure_app', 'bonheure'),
      temporalAddress: this.temporal.address,
      operators: OPERATORS.map((name) => this.operatorOrigin(name)),
    };
    const {
      ways = usual,
      around = {},
      host = '127.0.0.1',
    } = (await this.#unusual.side?.(side, usual, this)) ?? {};
    const [port, publicPort] = [await freePort(), await freePort()];
    const [api, open] = [`http://${host}:${port}`, `http://${host}:${publicPort}`];
    this.apis.push(api);
    this.publics.push(open);
    const env = {
      ...environmentOf(this, side, ways),
      PORT: String(port),
      PUBLIC_PORT: String(publicPort),
      HOST: host,
      ...around.env,
    };
    const asker = { ...env, BONHEURE_ADMIN_KEY: ADMIN, BONHEURE_INSTANCE_KEY: INSTANCE };
    await Promise.all([
      this.#begin(`api-${side}`, {
        ...around,
        entry: 'src/main/api.ts',
        heapOf: 'api',
        env: asker,
        works: () => answers(`${api}/healthz`),
      }),
      this.#begin(`public-${side}`, {
        ...around,
        entry: 'src/main/public.ts',
        heapOf: 'public',
        env,
        works: () => answers(`${open}/healthz`),
      }),
      this.#begin(`worker-${side}`, {
        ...around,
        entry: 'src/main/worker.ts',
        heapOf: 'worker',
        env,
        works: async () => (await (this.part(`worker-${side}`) as OurPart).saidSince()).includes('"working"'),
      }),
    ]);
    await untilSo(`all of ${side} is ready`, () => answers(`${api}/readyz`));
  }

  /** A shop, which advertises, and a practice, which reminds: two companies of one instance. */
  async #companies(): Promise<void> {
    const contact = { email: 'a@example.org' };
    const practice = { name: 'Tilleuls', legalName: 'Tilleuls SCM', brand: 'Tilleuls', contact };
    this.clinic = String((await this.must('POST', '/v1/tenants', { body: practice, key: INSTANCE }))['key']);
    await this.must('PUT', '/v1/routes', { body: { default: 'second' }, key: this.clinic });
    await this.must('PUT', '/v1/practices/tilleuls', {
      body: {
        name: 'Cabinet des Tilleuls',
        phone: '01 99 00 12 35',
        address: '12 rue des Tilleuls',
        sender: 'TILLEULS',
      },
      key: this.clinic,
    });
  }

  /** Asks the first api that answers. */
  async call(method: string, where: string, asked: { body?: unknown; key?: string } = {}): Promise<Answer> {
    const { body, key = ADMIN } = asked;
    const isText = typeof body === 'string';
    const init: RequestInit = {
      method,
      headers: {
        ...(where.startsWith('/sandbox') ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    };
    for (const api of this.apis) {
      const answer = await fetch(`${api}${where}`, init).catch(() => undefined);
      if (answer === undefined) continue;
      const text = await answer.text();
      return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : { text } };
    }
    return { status: 0, body: {} };
  }

  /** The same, and it is done. */
  async must(
    method: string,
    where: string,
    asked: { body?: unknown; key?: string } = {},
  ): Promise<Answer['body']> {
    const { status, body } = await this.call(method, where, asked);
    if (status < 200 || status > 299)
      throw new Error(`${method} ${where}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Moves the law clock; what it was ahead of the machine's before does not count. */
  async moveClock(lawMs: number): Promise<void> {
    const offsetMs = lawMs - Date.now();
    await this.must('POST', '/sandbox/clock', { body: { now: new Date(lawMs).toISOString() } });
    this.#offsetMs = offsetMs;
  }

  /** The machine's moment at which the law clock shows that one. */
  machineOf(lawMs: number): number {
    return lawMs - this.#offsetMs;
  }

  lawNow(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Everything that the operators took. */
  async ledger(): Promise<readonly LedgerLine[]> {
    const files = OPERATORS.map((name) =>
      readFile(this.place('ledger', `${name}.ndjson`), 'utf8').catch(() => ''),
    );
    const lines = (await Promise.all(files)).flatMap((text) => Array.from(linesIn(text)));
    return lines.toSorted((one, other) => one.at - other.at);
  }

  /** Asks the database as somebody who owns the machine. */
  async query<T extends object>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    const client = new Client({ connectionString: this.postgres.url('postgres', 'bonheure') });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends everything and removes the folder; answers where it is if it is kept for a look. */
  async close(isKept = false): Promise<string | undefined> {
    const parts = [...this.parts.values()].toReversed();
    for (const part of parts) await part.end('SIGKILL').catch(() => undefined);
    if (isKept) return keep(this.folder, []);
    await unmountWithin(this.folder);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    return undefined;
  }
}

function environmentOf(ground: Ground, side: Side, ways: Ways): Record<string, string> {
  const accounts = OPERATORS.map((name, n) => ({
    name,
    kind: 'sandbox',
    baseUrl: ways.operators[n],
    inboundSecret: INBOUND_SECRET,
    stopCode: '36180',
    ratePerSecond: RATE,
    connections: 20,
    fake: true,
    default: n === 0,
  }));
  return {
    BONHEURE_DATA: ground.place(side),
    BONHEURE_KEYS: ground.place('keys', 'key-encryption.json'),
    BONHEURE_JOURNAL: ground.place('journal'),
    BONHEURE_LAW_CLOCK: 'movable',
    BONHEURE_CODEC: 'off',
    BONHEURE_GATEWAYS: JSON.stringify(accounts),
    DATABASE_URL: ways.databaseUrl,
    // The hosts of a network of one's own.
    BONHEURE_WITHOUT_TLS: 'database,temporal,pages',
    TEMPORAL_ADDRESS: ways.temporalAddress,
    TEMPORAL_NAMESPACE: 'default',
  };
}
